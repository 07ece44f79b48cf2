import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blankLiterals, findFunctions, findImports, lineOf } from './source-text.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * What each place may import: the journey of one id, in one direction. The first place that matches a file counts.
 * `node:` and package names are as in the import line; a folder ends with `/`.
 */
const MAY_IMPORT: readonly (readonly [place: string, allowed: readonly string[]])[] = [
  ['src/errors/', ['src/errors/']],
  // What Node's own functions for files and streams get wrong.
  ['src/disk/', ['src/disk/', 'node:']],
  ['src/id/', ['src/id/', 'src/errors/']],
  ['src/registry/', ['src/registry/', 'src/errors/']],
  ['src/records/', ['src/records/', 'src/id/', 'src/errors/']],
  ['src/ports/', ['src/ports/', 'src/records/', 'src/id/', 'src/errors/']],
  // A hash of a record's own source fragment is pure.
  ['handlers/library/source-hash.ts', ['node:crypto', 'handlers/', 'src/ports/handler.ts']],
  ['handlers/', ['handlers/', 'src/ports/handler.ts', 'saxes']],
  [
    'src/dispatcher/',
    ['src/dispatcher/', 'src/ports/', 'src/records/', 'src/id/', 'src/errors/', 'src/registry/', 'p-limit'],
  ],
  [
    'src/http/',
    ['src/http/', 'src/disk/', 'src/ports/', 'src/errors/', 'node:', 'undici', 'p-retry', 'p-limit', 'saxes'],
  ],
  // The back ends that are services, each with its own client; requests to S3 go out as those to the archives do.
  ['src/cache/metadata/postgresql/', ['src/cache/', 'src/ports/', 'src/errors/', 'node:', 'p-limit', 'pg']],
  ['src/cache/blob/s3/', ['src/cache/', 'src/ports/', 'src/errors/', 'node:', 'undici', 'aws4fetch', 'p-retry']],
  ['src/cache/', ['src/cache/', 'src/disk/', 'src/ports/', 'src/errors/', 'src/registry/', 'node:']],
  // Within the store: decisions are pure; files, then manifests, then rows, then the store, then what looks after it.
  ['src/store/plan/', ['src/store/plan/', 'src/ports/', 'src/records/', 'src/errors/']],
  ['src/store/disk/', ['src/store/disk/', 'src/disk/', 'src/ports/', 'src/errors/', 'node:']],
  [
    'src/store/manifest/',
    ['src/store/manifest/', 'src/store/disk/', 'src/ports/', 'src/records/', 'src/errors/', 'node:'],
  ],
  [
    'src/store/segments/',
    [
      'src/store/segments/',
      'src/store/manifest/',
      'src/store/disk/',
      'src/store/plan/',
      'src/ports/',
      'src/records/',
      'src/errors/',
      'node:',
      '@duckdb/node-api',
    ],
  ],
  [
    'src/store/parquet/',
    ['src/store/', '!src/store/care/', 'src/ports/', 'src/records/', 'src/errors/', 'src/migrations/', 'node:'],
  ],
  [
    'src/store/',
    [
      'src/store/',
      'src/migrations/',
      'src/ports/',
      'src/records/',
      'src/id/',
      'src/errors/',
      'node:',
      '@duckdb/node-api',
    ],
  ],
  ['src/formats/', ['src/formats/', 'src/records/']],
  [
    'src/export/',
    ['src/export/', 'src/formats/', 'src/store/', 'src/ports/', 'src/records/', 'src/errors/', 'node:', 'hucre/xlsx'],
  ],
  [
    'src/import/',
    ['src/import/', 'src/formats/', 'src/store/', 'src/ports/', 'src/records/', 'src/id/', 'src/errors/', 'node:'],
  ],
  ['src/log/', ['src/log/', 'src/disk/', 'src/ports/', 'src/records/', 'node:']],
  ['src/jobs/', ['src/jobs/', 'src/store/disk/', 'src/ports/', 'src/records/', 'src/errors/', 'node:']],
  ['src/migrations/', ['src/migrations/', 'src/ports/', 'src/records/', 'src/errors/']],
  [
    'src/query/',
    ['src/query/', 'src/store/', 'src/disk/', 'src/ports/', 'src/records/', 'src/errors/', 'node:', '@duckdb/node-api'],
  ],
  ['src/plugins/', ['src/plugins/', 'src/ports/', 'src/errors/', 'node:', 'jiti']],
  ['src/config/', ['src/config/', 'src/ports/', 'src/errors/', 'node:', 'zod', 'cosmiconfig', 'yaml']],
  ['src/testing/load-handler.ts', ['src/plugins/', 'src/ports/', 'src/errors/', 'node:']],
  // A handler is tested with the parts that ask it in earnest.
  [
    'src/testing/contract/handler',
    ['src/testing/', 'src/dispatcher/', 'src/http/', 'src/ports/', 'src/records/', 'src/errors/', 'node:'],
  ],
  ['src/testing/', ['src/testing/', 'src/ports/', 'src/records/', 'src/id/', 'src/errors/', 'node:']],
  // The composition root knows everything but the terminal.
  ['src/project/', ['src/', '!src/cli/', 'handlers/', 'node:']],
  ['src/cli/app.ts', ['src/', 'handlers/', 'node:']],
  [
    'src/cli/',
    [
      'src/cli/',
      'src/disk/',
      'src/formats/',
      'src/log/',
      'src/ports/',
      'src/id/',
      'src/records/',
      'src/errors/',
      'src/config/',
      'src/project/project.ts',
      'src/project/open-project-settings.ts',
      'src/project/version.ts',
      'node:',
      'commander',
      'chalk',
      'cli-progress',
    ],
  ],
  ['src/index.ts', ['src/', '!src/cli/', 'handlers/']],
  ['bin/', ['bin/', 'src/cli/', 'node:path']],
];

/** Where the outside world may be named. */
const WORLD_ALLOWED: readonly string[] = [
  'src/http/wire',
  'src/cli/',
  'bin/',
  // The composition root hands these down: the clock, the randomness of waits.
  'src/project/system-clock.ts',
  'src/project/system-processes.ts',
  'src/project/system-surroundings.ts',
  'src/project/open-http.ts',
  // What plug-ins print and throw is caught where they do it.
  'src/plugins/process-guard.ts',
  // Node's warning that its SQLite is new is kept off the terminal.
  'src/cache/metadata/sqlite/load-sqlite.ts',
];

const WORLD: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['fetch', /(?<![.\w])fetch\(/g],
  ['console', /(?<![.\w])console\./g],
  [
    'process',
    /(?<![.\w])process\.(?!\w+\s*\()|(?<![.\w])process\.(?:on|once|exit|cwd|kill|memoryUsage|hrtime|nextTick)\b/g,
  ],
  ['Date.now', /(?<![.\w])Date\.now\b/g],
  ['new Date()', /new Date\(\)/g],
  ['Math.random', /(?<![.\w])Math\.random\b/g],
];

const MAX_FUNCTION = 40;
const MAX_FILE = 300;

/** Files whose functions may be longer, up to 60 lines: literal tables, straight lists of steps, a port as one object. */
const LONGER_FUNCTIONS: ReadonlySet<string> = new Set([
  // The members of the store port, each a few lines, as one object.
  'src/store/memory-store.ts',
  'src/store/parquet/parquet-store.ts',
  // The steps of one compare-and-swap, which share its state.
  'src/store/manifest/manifest-log.ts',
]);

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

const FILES: readonly SourceFile[] = ['src', 'handlers', 'bin'].flatMap((folder) => sourceFiles(join(ROOT, folder)));

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const full = join(entry.parentPath, entry.name);
      const text = readFileSync(full, 'utf8');
      return { path: relative(ROOT, full), text, code: blankLiterals(text) };
    });
}

/** All violations in one list, so that one run shows everything there is to mend. */
function expectNone(violations: readonly string[]): void {
  expect(violations.length, `\n${violations.join('\n')}\n`).toBe(0);
}

function eachFile(look: (file: SourceFile) => readonly string[]): string[] {
  return FILES.flatMap((file) => look(file).map((violation) => `${file.path}${violation}`));
}

describe('house rules', () => {
  it('has files to look at', () => {
    expect(FILES.length).toBeGreaterThan(50);
  });

  it('003-01 imports point one way, and every place is known', () => {
    expectNone(
      eachFile((file) => {
        const allowed = MAY_IMPORT.find(([place]) => file.path.startsWith(place))?.[1];
        if (allowed === undefined) return [': no rule says what this place may import'];
        return findImports(file.text)
          .filter(({ from }) => !isAllowed(target(file.path, from), allowed))
          .map(({ from, line }) => `:${line} may not import ${from}`);
      }),
    );
  });

  it('imports name the file with its suffix, and types as types', () => {
    expectNone(
      eachFile((file) =>
        findImports(file.text)
          .filter(({ from }) => from.startsWith('.') && !from.endsWith('.ts'))
          .map(({ from, line }) => `:${line} import without .ts: ${from}`),
      ),
    );
  });

  it('makes folders in one place, since `recursive` does not come back under /proc', () => {
    expectNone(
      eachFile(({ path, code }) =>
        path.startsWith('src/disk/') || path.startsWith('src/testing/')
          ? []
          : places(code, /\bmkdir(?:Sync)?\([^;]*recursive: true/g, 'mkdir with recursive'),
      ),
    );
  });

  it('has no default exports', () => {
    expectNone(eachFile(({ code }) => places(code, /^export default\b/gm, 'default export')));
  });

  it('has no file whose name says nothing', () => {
    expectNone(
      eachFile(({ path }) =>
        /(^|[/-])(utils?|helpers?|common|misc)(\.|\/|-|$)/.test(path) ? [': name says nothing'] : [],
      ),
    );
  });

  it('names the outside world only where it may', () => {
    expectNone(
      eachFile(({ path, code }) =>
        WORLD_ALLOWED.some((place) => path.startsWith(place))
          ? []
          : WORLD.flatMap(([name, pattern]) => places(code, pattern, `global ${name}`)),
      ),
    );
  });

  it('001-31 documents every export', () => {
    expectNone(
      eachFile(({ text, code }) =>
        [
          ...code.matchAll(
            /^export (?:async )?(?:declare )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/gm,
          ),
        ]
          .filter((match) => !text.slice(0, match.index).trimEnd().endsWith('*/'))
          // Overloads share the text above the first one.
          .filter((match, index, all) => all[index - 1]?.[1] !== match[1])
          .map((match) => `:${lineOf(code, match.index)} ${match[1]} has no docstring`),
      ),
    );
  });

  it('004-16 has no enums, namespaces, non-null assertions by comment, or open ends', () => {
    expectNone(
      eachFile(({ text, code }) => [
        ...places(code, /^\s*(?:export )?(?:const )?enum \w/gm, 'enum'),
        ...places(code, /^\s*(?:export )?namespace \w/gm, 'namespace'),
        ...places(text, /\b(?:TODO|FIXME|XXX)\b/g, 'open end'),
        ...places(text, /@ts-(?:ignore|nocheck|expect-error)|biome-ignore-all/g, 'silenced check'),
      ]),
    );
  });

  it(`keeps functions to ${MAX_FUNCTION} lines`, () => {
    expectNone(
      eachFile(({ path, text }) =>
        findFunctions(text)
          .filter(({ lines }) => lines > (LONGER_FUNCTIONS.has(path) ? 60 : MAX_FUNCTION))
          .map(({ line, lines }) => `:${line} function of ${lines} lines`),
      ),
    );
  });

  it(`keeps files to ${MAX_FILE} lines`, () => {
    expectNone(
      eachFile(({ text }) => {
        const lines = text.trimEnd().split('\n').length;
        return lines > MAX_FILE ? [`: ${lines} lines`] : [];
      }),
    );
  });
});

function places(text: string, pattern: RegExp, what: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `:${lineOf(text, match.index)} ${what}`);
}

/** An import as a path from the root, or the package's name. */
function target(path: string, from: string): string {
  return from.startsWith('.') ? posix.join(posix.dirname(path), from) : from;
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  const matches = (rule: string) => (rule.endsWith('/') || rule.endsWith(':') ? name.startsWith(rule) : name === rule);
  if (allowed.some((rule) => rule.startsWith('!') && matches(rule.slice(1)))) return false;
  return allowed.some(matches);
}

it('003-22, 003-30 one script tests and checks everything', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const run = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(run).toContain('\nnpm test ');
  expect(scripts.test).toContain('vitest run');
  const [, checks = ''] = /for check in ([\w ]+); do/.exec(run) ?? [];
  expect(checks.split(' ')).toEqual(expect.arrayContaining(['typecheck', 'lint', 'deadcode']));
  for (const name of checks.split(' ')) expect(scripts[name], name).toBeDefined();
});
