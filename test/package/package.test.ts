import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveServer, startArchiveServer } from '../../src/testing/archive-server/server.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';
import { findFences } from '../docs/markdown.ts';
import { freshUser } from '../support/celline-process.ts';
import { installPackage, type PackedPackage, packPackage } from './packed-package.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILT_IN = new Set(builtinModules);
const run = promisify(execFile);

let packed: PackedPackage;
/** A project that has the package installed. */
let folder: string;

beforeAll(() => {
  packed = packPackage();
  folder = installPackage(packed);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const example = findFences(readme).find(({ info }) => info === 'ts')?.text ?? '';
  // Its types are checked under the one name, and it runs under the other: it is JavaScript as well.
  for (const name of ['readme.ts', 'readme.ts.mjs']) writeFileSync(join(folder, name), example);
}, 180_000);

afterAll(() => {
  for (const path of [dirname(packed.archive), folder]) rmSync(path, { recursive: true, force: true });
});

function readJson(path: string) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

describe('what is published', () => {
  it('is the command, the library with its declarations, the schema and the papers', () => {
    const kinds = [
      /^dist\/bin\/(celline|program|undici|hucre-xlsx|cosmiconfig|yaml)\.js$/,
      /^dist\/bin\/package\.json$/,
      /^dist\/bin\/template\/[\w.-]+$/,
      /^dist\/lib\/[\w-]+\.js$/,
      /^dist\/lib\/types\/(src|handlers)\/[\w/-]+\.d\.ts$/,
      /^(README|CHANGELOG)\.md$/,
      /^(LICENSE|dist\/NOTICES\.txt|package\.json|docs\/celline\.config\.schema\.json)$/,
    ];
    expect(packed.files.filter((path) => !kinds.some((kind) => kind.test(path)))).toEqual([]);
    expect(kinds.filter((kind) => !packed.files.some((path) => kind.test(path)))).toEqual([]);
    expect(packed.files).toContain('LICENSE');
    expect(packed.files).toContain('dist/NOTICES.txt');
  });

  it('holds every file that its package.json names', () => {
    const { bin, exports } = readJson('package.json');
    const named = JSON.stringify([bin, exports]).match(/(?<=")(?:\.\/)?(?:dist|docs)\/[^"]+/g) ?? [];
    expect(named.length).toBe(6);
    for (const path of named) expect(packed.files).toContain(path.replace('./', ''));
  });

  it('is as large as the README says, to a tenth', () => {
    const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const said = /([\d.]+) MB packed, ([\d.]+) MB unpacked/.exec(text);
    const [small = 0, large = 0] = (said ?? []).slice(1).map((number) => Number(number) * 1e6);
    expect(Math.abs(packed.size - small)).toBeLessThan(small / 10);
    expect(Math.abs(packed.unpackedSize - large)).toBeLessThan(large / 10);
  });

  it('declares the SQL engine in the version that its bundled client was made for', () => {
    const client = readJson('node_modules/@duckdb/node-api/package.json');
    const engine = '@duckdb/node-bindings';
    expect(readJson('package.json').dependencies[engine]).toBe(client.dependencies[engine]);
  });

  it('reads no package that it does not declare', () => {
    const { dependencies, peerDependencies } = readJson('package.json');
    const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
    const files = packed.files.filter((path) => /^dist\/.*\.(js|d\.ts)$/.test(path));
    const read = files.flatMap((path) => {
      const text = readFileSync(join(folder, 'node_modules', 'celline', path), 'utf8');
      return [...text.matchAll(/(?:^|[;\s])(?:import|export)[^;'"\n]*?from ?["']([@\w][^"']*)["']/gm)]
        .map(([, name = '']) => (/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name).replace(/^node:.*/, 'node:'))
        .filter((name) => name !== 'node:' && !BUILT_IN.has(name));
    });
    expect([...new Set(read)].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('names the licence of every package whose code it brings along', () => {
    const text = readFileSync(join(folder, 'node_modules', 'celline', 'dist', 'NOTICES.txt'), 'utf8');
    for (const name of ['@duckdb/node-api', 'undici', 'zod', 'commander', 'saxes', 'hucre', 'p-limit'])
      expect(text).toMatch(new RegExp(`^${name} [\\d.]+`, 'm'));
    expect(text).not.toMatch(/^(vitest|esbuild|typescript|fast-check) /m);
  });
});

describe('its types', () => {
  const tsc = (...flags: string[]) => {
    const program = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [program, '-p', folder, ...flags], { encoding: 'utf8' });
    return stdout;
  };

  it.each([
    ['nodenext'],
    ['bundler', '--module', 'esnext', '--moduleResolution', 'bundler'],
    ['an older lib', '--lib', 'es2020', '--target', 'es2022'],
  ])('compile under strict without skipLibCheck, and refuse misuse: %s', (_name, ...flags) => {
    expect(tsc(...flags)).toBe('');
  });

  it('a directive on a line that compiles would be told', () => {
    const probe = join(folder, 'probe.ts');
    writeFileSync(
      probe,
      "import { VERSION } from 'celline';\n// @ts-expect-error\nexport const text: string = VERSION;\n",
    );
    expect(tsc()).toContain('probe.ts(2,1): error TS2578');
    rmSync(probe);
  });
});

describe('the package at work', () => {
  let archive: ArchiveServer;
  let lab: ScriptedServer;

  beforeAll(async () => {
    archive = await startArchiveServer({ world: readJson('fixtures/demo/world.json') });
    lab = await startScriptedServer(({ path }) =>
      path === '/samples/LAB000001' ? { body: '{"title":"one","tissue":"brain"}' } : { status: 404 },
    );
    const config = { plugins: ['./lab-plugin.ts'], handlers: { lab: { apiUrl: lab.url } } };
    writeFileSync(join(folder, 'celline.config.json'), JSON.stringify(config));
  });

  afterAll(() => Promise.all([archive.close(), lab.close()]));

  const node = (...args: string[]) =>
    run(process.execPath, args, { cwd: folder, env: freshUser({ folder, url: archive.url }) });

  it('the library adds through a plug-in and an archive, asks, stops and tells', async () => {
    const { stdout, stderr } = await node('--disable-warning=ExperimentalWarning', 'add.mjs');
    expect(JSON.parse(stdout)).toMatchObject({
      version: readJson('package.json').version,
      schema: 'celline.config.json',
      outcomes: { LAB000001: 'no_runs', GSM9900001: 'added', nonsense: 'invalid' },
      samples: [
        { key: 'GSM9900001', tissue: 'brain' },
        { key: 'LAB000001', tissue: 'brain' },
      ],
      stopped: ['not_tried'],
      refused: 'STORE_QUERY',
    });
    const { events } = JSON.parse(stdout);
    expect(events).toEqual(expect.arrayContaining(['began', 'started', 'answered', 'committed', 'ended']));
    expect(stderr).toContain('a listener that throws');
  });

  it('the command does the same, and its plug-in gets the running celline', async () => {
    const command = join('node_modules', 'celline', 'dist', 'bin', 'celline.js');
    const { stdout: rows } = await node(command, 'add', 'LAB000001', '--force', '--format', 'json');
    expect(JSON.parse(rows)).toMatchObject([{ id: 'LAB000001', key: 'LAB000001' }]);
    const { stdout: handlers } = await node(command, 'handlers', '--format', 'json');
    expect(JSON.parse(handlers).find(({ name }: { name: string }) => name === 'lab').description).toBe(
      `celline ${readJson('package.json').version} function true`,
    );
    const { stdout: sql } = await node(command, 'query', 'SELECT count(*) AS n FROM samples', '--format', 'json');
    expect(JSON.parse(sql)).toEqual([{ n: 2 }]);
  });

  it('a new project names the schema that is installed for it', async () => {
    const command = join('node_modules', 'celline', 'dist', 'bin', 'celline.js');
    await node(command, 'init', 'studies/mouse');
    const project = join(folder, 'studies', 'mouse');
    const { $schema } = JSON.parse(readFileSync(join(project, 'celline.config.json'), 'utf8'));
    expect($schema).toBe('../../node_modules/celline/docs/celline.config.schema.json');
    expect(JSON.parse(readFileSync(join(project, $schema), 'utf8')).title).toBe('celline.config.json');
    await node(command, 'config', 'validate', '--project-dir', project);
  });

  it('the example of the README works', async () => {
    const { stdout, stderr } = await node('readme.ts.mjs');
    expect(stdout).toMatch(/^GSM9900001 (added|updated|unchanged) GSM9900001$/m);
    expect(stdout).toMatch(/^GSE990001 (added|updated) GSE990001$/m);
    expect(stdout).toMatch(/^brain$/m);
    expect(stdout).toMatch(/runs: \d/);
    expect(stderr).toContain('samples are on disk');
  });

  it('the kit works under the runner of Node', async () => {
    const { stdout } = await node('--test', '--test-reporter=tap', 'kit.test.mjs');
    expect(stdout).toMatch(/^# pass [5-9]$/m);
    expect(stdout).toContain('# fail 0');
  });

  it('CommonJS can load it too', async () => {
    const script = "console.log(typeof require('celline').openProject, typeof require('celline/testing').aRun)";
    const { stdout } = await node('--no-warnings', '--input-type=commonjs', '-e', script);
    expect(stdout).toBe('function function\n');
  });
});
