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

/** Samples of the list, in series of 25. */
const SAMPLES = 2000;

/** Longest time before a kill in milliseconds: about what the whole list takes, so that every part of an `add` is met. */
const LONGEST_LIFE_MS = 6000;

/** What the kills have come to. */
interface Figures {
  kills: number;
  /** Runs that were done before their moment came. */
  finished: number;
  projects: number;
  /** Rows printed before a kill whose id the tables did not know afterwards. */
  lost: number;
  /** Ids that the tables call answered without their record. */
  half: number;
  /** Times that the tables did not open. */
  unreadable: number;
  acknowledged: number;
}

/**
 * Kills `add` of 2,000 ids at random moments, up to what a whole run takes, and looks after each kill whether the tables open and hold
 * all that was acknowledged. The archives answer fast, so that most moments fall on parsing and writing. Exits 1 when anything was lost.
 */
export async function benchKillAdd(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-bench-'));
  const ids = generateWorld({ series: SAMPLES / 25, samplesPerSeries: 25 }).samples.map((sample) => sample.alias);
  writeFileSync(join(folder, 'ids.txt'), ids.join('\n'));
  const size = ['--series', String(SAMPLES / 25), '--samples', '25', '--no-limits'];
  const archive = await startArchiveProcess([...size, '--ncbi-ms', '20', '--ena-ms', '20', '--per-record-ms', '0.2']);
  const figures: Figures = { kills: 0, finished: 0, projects: 1, lost: 0, half: 0, unreadable: 0, acknowledged: 0 };
  try {
    let acknowledged = new Set<string>();
    while (figures.kills < kills) {
      const isDone = await killOnce(folder, archive, acknowledged, figures);
      await examine(folder, archive, acknowledged, figures);
      if (!isDone) continue;
      for (const name of ['DB', '.cache']) rmSync(join(folder, name), { recursive: true, force: true });
      acknowledged = new Set();
      figures.projects += 1;
    }
    await finishAndReport(folder, archive, figures);
  } finally {
    await archive.close();
    rmSync(folder, { recursive: true, force: true });
  }
  if (figures.lost + figures.half + figures.unreadable > 0) process.exitCode = 1;
}

/** Starts `add`, kills it after a random time and notes what it had acknowledged; true when all ids are answered. */
async function killOnce(
  folder: string,
  archive: ArchiveProcess,
  acknowledged: Set<string>,
  figures: Figures,
): Promise<boolean> {
  const child = spawn(process.execPath, [join(builtFolder(), 'bin', 'celline.js'), 'add', '--from', 'ids.txt'], {
    cwd: folder,
    env: isolated(folder, { GEO_API_URL: archive.url, INSDC_API_URL: archive.url, NCBI_API_KEY: 'bench' }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const printed = collectText(child);
  // Past the start of the program, which touches nothing.
  await Promise.race([wait(300 + Math.random() * LONGEST_LIFE_MS), closed]);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  if (signal === 'SIGKILL') figures.kills += 1;
  else figures.finished += 1;
  for (const line of printed().split('\n').slice(1, -1)) acknowledged.add(line.split('\t')[0] ?? '');
  return acknowledged.size >= SAMPLES;
}

function collectText({ stdout }: ChildProcess): () => string {
  let text = '';
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function examine(
  folder: string,
  archive: ArchiveProcess,
  acknowledged: ReadonlySet<string>,
  figures: Figures,
): Promise<void> {
  const asked = await firstCells(['list', 'asked', '--columns', 'id'], folder, archive);
  const samples = await firstCells(['list', 'samples', '--columns', 'key'], folder, archive);
  if (asked === null || samples === null) {
    figures.unreadable += 1;
    return;
  }
  figures.acknowledged = Math.max(figures.acknowledged, acknowledged.size);
  for (const id of acknowledged) if (!asked.has(id)) figures.lost += 1;
  for (const id of asked) if (!samples.has(id)) figures.half += 1;
}

async function firstCells(args: string[], folder: string, archive: ArchiveProcess): Promise<Set<string> | null> {
  const run = await runCelline(args, folder, archive.url);
  if (run.exitCode !== 0) return null;
  const lines = run.stdout.split('\n').slice(1, -1);
  return new Set(lines.map((line) => line.split('\t')[0] ?? ''));
}

async function finishAndReport(folder: string, archive: ArchiveProcess, figures: Figures): Promise<void> {
  const begin = performance.now();
  const before = (await archive.summary()).total;
  const last = await runCelline(['add', '--from', 'ids.txt'], folder, archive.url);
  const requests = (await archive.summary()).total - before;
  say('kills', `${figures.kills} in ${figures.projects} projects, ${figures.finished} runs were done before`);
  say('acknowledged ids lost', String(figures.lost));
  say('answered without record', String(figures.half));
  say('tables that did not open', String(figures.unreadable));
  say('the rest', `${requests} requests, ${((performance.now() - begin) / 1000).toFixed(1)} s, exit ${last.exitCode}`);
}
