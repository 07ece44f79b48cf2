import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '..', '..', 'dist', 'bin', 'celline.js');
/** Packages that cost: none may be loaded before it is needed. */
const HEAVY = ['@duckdb/node-api', '@duckdb/node-bindings', 'undici', 'saxes', 'zod', 'cosmiconfig', 'cli-progress'];

beforeAll(() => {
  if (!existsSync(BIN)) throw new Error(`${BIN} is not there: npm run build`);
});

/** The packages whose code a run of the built command line loaded: V8 lists the files, their source maps the packages. */
async function loadedPackages(argv: readonly string[]): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'celline-bin-'));
  const coverage = join(cwd, 'coverage');
  await run(process.execPath, [BIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NODE_V8_COVERAGE: coverage },
  });
  const files = readdirSync(coverage).flatMap((name) => {
    const report: { result: { url: string }[] } = JSON.parse(readFileSync(join(coverage, name), 'utf8'));
    return report.result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
  const loaded = files.map((url) => fileURLToPath(url));
  expect(loaded).toContain(BIN);
  const sources = loaded.flatMap((file) => (existsSync(`${file}.map`) ? sourcesOf(file) : [file]));
  return [...new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []))].sort();
}

function sourcesOf(file: string): string[] {
  const map: { sources: string[] } = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  return map.sources.map((source) => join(dirname(file), source));
}

describe('what is loaded', () => {
  it.each([
    [['--version'], ['chalk']],
    [['--help'], ['chalk']],
    [
      ['add', '--help'],
      ['chalk', 'commander'],
    ],
    [['schema'], ['chalk', 'commander']],
    [
      ['completion', 'bash'],
      ['chalk', 'commander'],
    ],
    [['init'], ['chalk', 'commander']],
  ])('%j loads %j', async (argv, packages) => {
    expect(await loadedPackages(argv)).toEqual(packages);
  });

  it('the check itself can see a heavy package', async () => {
    expect(await loadedPackages(['config'])).toContain('zod');
  });

  it.each([[['resolve', 'GSM5764259']], [['handlers']]])('%j loads no SQL engine (001-03)', async (argv) => {
    const packages = await loadedPackages(argv);
    expect(packages.filter((name) => name.startsWith('@duckdb'))).toEqual([]);
    expect(HEAVY).toContain('@duckdb/node-api');
  });
});
