import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { generateWorld } from '../src/testing/archive-server/generate-world.ts';
import { type ArchiveProcess, startArchiveProcess } from './archive-process.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';
import { isolated, runCelline } from './run-celline.ts';

/** Processes that write at once, and ids of each. */
const WRITERS = 8;
const IDS = 500;

/** Longest life of a process that is killed, in milliseconds: about what one of eight takes for its list. */
const LONGEST_LIFE_MS = 12_000;

function startWriter(folder: string, archive: ArchiveProcess, list: string): ChildProcess {
  return spawn(process.execPath, [join(builtFolder(), 'bin', 'celline.js'), 'add', '--from', list], {
    cwd: folder,
    env: isolated(folder, { GEO_API_URL: archive.url, INSDC_API_URL: archive.url, NCBI_API_KEY: 'bench' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Runs a list to its end; with `kills` it is killed so often at random moments and started again. Gives the last exit code. */
async function writeList(folder: string, archive: ArchiveProcess, list: string, kills: number): Promise<number | null> {
  for (let left = kills; ; left -= 1) {
    const child = startWriter(folder, archive, list);
    const said: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    const closed = once(child, 'close') as Promise<[number | null]>;
    if (left > 0) {
      await Promise.race([wait(300 + Math.random() * LONGEST_LIFE_MS), closed]);
      child.kill('SIGKILL');
    }
    const [code] = await closed;
    if (code !== null) {
      if (code !== 0) process.stderr.write(`${list}: exit ${code}\n${Buffer.concat(said)}\n`);
      return code;
    }
  }
}

/** Rows and distinct keys of a table, through the command line. */
async function countKeys(folder: string, archive: ArchiveProcess, table: string, column: string) {
  const run = await runCelline(['list', table, '--columns', column, '--format', 'tsv'], folder, archive.url);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  const keys = run.stdout.trimEnd().split('\n').slice(1);
  return { rows: keys.length, distinct: new Set(keys).size };
}

async function writeTogether(archive: ArchiveProcess, lists: readonly string[][], kills: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  try {
    for (const [index, ids] of lists.entries()) writeFileSync(join(folder, `${index}.txt`), ids.join('\n'));
    const begin = performance.now();
    // Every other writer is killed.
    const codes = await Promise.all(
      lists.map((_, index) => writeList(folder, archive, `${index}.txt`, index % 2 === 0 ? kills : 0)),
    );
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const wanted = lists.flat().length;
    say(
      kills === 0 ? 'without kills' : `with ${kills} kills for 4 of 8`,
      `${seconds} s, exit codes ${codes.join(' ')}`,
    );
    let isWhole = codes.every((code) => code === 0);
    for (const [table, column] of [
      ['samples', 'key'],
      ['runs', 'key'],
      ['asked', 'id'],
    ] as const) {
      const { rows, distinct } = await countKeys(folder, archive, table, column);
      say(`  ${table}`, `${rows} rows, ${distinct} distinct (${wanted} wanted)`);
      if (table !== 'runs') isWhole &&= rows === wanted;
      isWhole &&= rows === distinct;
    }
    return isWhole;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Eight processes add 500 ids each into one project at once; then half of them are killed and started again. Exits 1 when anything lacks. */
export async function benchManyWriters(): Promise<void> {
  const series = (WRITERS * IDS) / 25;
  const ids = generateWorld({ series, samplesPerSeries: 25 }).samples.map((sample) => sample.alias);
  // Dealt like cards: every writer has samples of every series, so that all touch the same project rows.
  const lists = Array.from({ length: WRITERS }, (_, writer) => ids.filter((_, index) => index % WRITERS === writer));
  const size = ['--series', String(series), '--samples', '25', '--no-limits'];
  const archive = await startArchiveProcess([...size, '--ncbi-ms', '50', '--ena-ms', '30', '--per-record-ms', '1']);
  try {
    const calm = await writeTogether(archive, lists, 0);
    const killed = await writeTogether(archive, lists, 3);
    if (!calm || !killed) process.exitCode = 1;
  } finally {
    await archive.close();
  }
}
