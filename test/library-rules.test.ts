import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What the command line may use beside the names of the library, and why that is no way to reach a project. */
const BESIDE: readonly (readonly [place: string, why: string])[] = [
  ['src/formats/', 'how rows are written as text: the library gives rows'],
  ['src/config/', 'files of the configuration are read and edited before there is a project'],
  ['src/log/', 'the lines of the event stream as text: the library gives events'],
  ['src/disk/', 'folders are made: of a project that begins, of the history of the prompt'],
  ['handlers/index.ts', 'names of handlers, which the configuration is checked against'],
  ['src/query/start-engine.ts', 'a head start for DuckDB while the command line is read'],
  ['src/project/open-project.ts', 'what the openProject of the library calls with the defaults of its process'],
  ['src/project/open-project-settings.ts', 'its settings'],
  ['src/project/open-config.ts', 'the configuration as openProject settles it, with no project opened'],
];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The names that a module exports itself. */
function declaredIn(path: string): string[] {
  return [
    ...read(path).matchAll(/^export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) (\w+)/gm),
  ].map(([, name = '']) => name);
}

function namesIn(list: string): string[] {
  return list.split(',').flatMap((one) => /^(?:type )?(\w+)/.exec(one.trim())?.[1] ?? []);
}

/** Every name that an entry point gives. */
function exportsOf(entry: string): Set<string> {
  const lines = [...read(entry).matchAll(/^export (?:type )?(?:\*|\{([^}]*)\}) from '([^']+)';/gm)];
  return new Set(
    lines.flatMap(([, list, from = '']) =>
      list === undefined ? declaredIn(posix.join(posix.dirname(entry), from)) : namesIn(list),
    ),
  );
}

/** What a file takes from outside `src/cli/`, as `[module, names]`; a module that is loaded later has no names. */
function takenBy(path: string): [module: string, names: string[]][] {
  const text = read(path);
  const early = [...text.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from '(\.[^']+)';/gm)];
  const late = [...text.matchAll(/\bimport\('(\.[^']+)'\)/g)];
  return [
    ...early.map(([, list = '', from = '']): [string, string[]] => [from, namesIn(list)]),
    ...late.map(([, from = '']): [string, string[]] => [from, ['']]),
  ]
    .map(([from, names]): [string, string[]] => [posix.join(posix.dirname(path), from), names])
    .filter(([module]) => !module.startsWith('src/cli/'));
}

describe('the library', () => {
  const files = readdirSync(join(ROOT, 'src/cli'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join('src/cli', name));

  it('gives the command line everything that it uses of a project', () => {
    const given = exportsOf('src/index.ts');
    const taken = files.flatMap((path) =>
      takenBy(path).flatMap(([module, names]) => names.map((name) => ({ path, module, name }))),
    );
    expect(taken.length).toBeGreaterThan(200);
    const missing = taken
      .filter(({ module, name }) => !given.has(name) && !BESIDE.some(([place]) => module.startsWith(place)))
      .map(({ path, module, name }) => `${path} takes ${name || 'all'} of ${module}`);
    expect(missing).toEqual([]);
  });

  it('has no exception that nothing needs', () => {
    const modules = new Set(files.flatMap((path) => takenBy(path).map(([module]) => module)));
    for (const [place] of BESIDE)
      expect(
        [...modules].some((module) => module.startsWith(place)),
        place,
      ).toBe(true);
  });

  it('does nothing when it is imported', async () => {
    const before = process.listenerCount('exit') + process.listenerCount('uncaughtException');
    const library = await import('../src/index.ts');
    const kit = await import('../src/testing/index.ts');
    expect(process.listenerCount('exit') + process.listenerCount('uncaughtException')).toBe(before);
    expect(typeof library.openProject).toBe('function');
    expect(typeof kit.storeContract).toBe('function');
  });
});
