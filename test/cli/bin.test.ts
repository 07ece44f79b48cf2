import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const BIN = join(ROOT, 'dist', 'bin', 'celline.js');
/** Packages that cost: none may be loaded before it is needed. */
const HEAVY = ['@duckdb/node-api', '@duckdb/node-bindings', 'undici', 'saxes', 'zod', 'cosmiconfig', 'cli-progress'];

beforeAll(() => {
  if (!existsSync(BIN)) throw new Error(`${BIN} is not there: npm run build`);
});

/** What V8 tells of one file that was run. */
interface Coverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly count: number }[];
  }[];
}

/** The packages whose code a run of the built command line ran. */
async function loadedPackages(argv: readonly string[]): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'celline-bin-'));
  const coverage = join(cwd, 'coverage');
  await run(process.execPath, [BIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NODE_V8_COVERAGE: coverage },
  });
  const files = readdirSync(coverage).flatMap((name) => {
    const report: { result: Coverage[] } = JSON.parse(readFileSync(join(coverage, name), 'utf8'));
    return report.result.filter(({ url }) => url.startsWith('file:'));
  });
  expect(files.map(({ url }) => fileURLToPath(url))).toContain(BIN);
  const sources = files.flatMap((file) => sourcesRun(file));
  return [...new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []))].sort();
}

/** The sources of a built file that were run: esbuild makes a function of each that waits to be needed, named as the source. */
function sourcesRun({ url, functions }: Coverage): string[] {
  const file = fileURLToPath(url);
  if (!existsSync(`${file}.map`)) return [file];
  const waiting = new Set(
    [...readFileSync(file, 'utf8').matchAll(/"([^"\n]+\.[cm]?[jt]s)"\(/g)].map(([, source]) => source),
  );
  const ran = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0).map(({ functionName }) => functionName);
  return sourcesOf(file).filter((source) => !waiting.has(source) || ran.includes(source));
}

function sourcesOf(file: string): string[] {
  const map: { sources: string[] } = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  return map.sources.map((source) => relative(ROOT, join(dirname(file), source)));
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
