import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { createSystemProcesses } from '../src/project/system-processes.ts';
import type { Row, TableName } from '../src/records/table.ts';
import { TABLES } from '../src/records/tables.ts';
import { MANIFEST_FILE, segmentPaths } from '../src/store/care/backup/backup-record.ts';
import { openStoreCare } from '../src/store/care/open-care.ts';
import { manifestPath } from '../src/store/disk/layout.ts';
import { type Manifest, parseManifest, type Segment } from '../src/store/manifest/manifest.ts';
import type { CommitContext } from '../src/store/parquet/commit.ts';
import { createParquetStore, openContext, type ParquetStoreSettings } from '../src/store/parquet/parquet-store.ts';
import { liveTable } from '../src/store/segments/live-rows.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';

/** Works with how often each is killed, and the longest life in milliseconds after it is ready: about two rounds. */
const WORKS: readonly (readonly [work: string, share: number, longestMs: number])[] = [
  ['commit', 5, 250],
  ['transaction', 3, 500],
  ['compact', 4, 300],
  ['gc', 2, 200],
  ['migrate', 2, 800],
  ['backup', 2, 300],
  ['restore', 2, 500],
  ['rollback', 2, 200],
];

const CLOCK = { now: () => Date.now(), sleep: (ms: number) => wait(ms) };

/** What the tables may hold, as sets of sample keys: one state, or two while a work was cut off. */
interface Expected {
  /** Acknowledged. */
  keys: ReadonlySet<string>;
  /** What the cut-off work may have made of them. */
  or: ReadonlySet<string> | null;
}

/** What the kills have come to. */
interface Figures {
  readonly kills: Map<string, number>;
  lost: number;
  unreadable: number;
  duplicates: number;
  half: number;
  errors: string[];
}

/** A work under way: what it said last. */
interface Worker {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ready: Promise<void>;
}

function startWorker(dir: string, work: string, prefix: string): Worker {
  const child = spawn(process.execPath, [join(builtFolder(), 'bench', 'store-worker.js'), dir, work, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ready = new Promise<void>((resolve) => {
    reader.on('line', (line) => {
      if (line === 'ready') resolve();
      else lines.push(line);
    });
    child.once('close', () => resolve());
  });
  return { child, lines, ready };
}

function settingsOf(dir: string): ParquetStoreSettings {
  return { dir, clock: CLOCK, randomId: randomUUID, processes: createSystemProcesses() };
}

/** All rows of the tables, checked for duplicates; null when they cannot be read. */
async function readTables(dir: string, figures: Figures): Promise<Map<TableName, Row[]> | null> {
  const store = createParquetStore(settingsOf(dir));
  const tables = new Map<TableName, Row[]>();
  try {
    for (const table of ['samples', 'runs', 'files', 'links', 'asked'] as const) {
      const rows: Row[] = [];
      for await (const batch of store.select({ table })) rows.push(...batch);
      const ids = new Set(rows.map((row) => [row.key ?? row.id, row.alias, row.kind].join(' ')));
      figures.duplicates += rows.length - ids.size;
      if ((await store.count({ table })) !== rows.length)
        figures.errors.push(`${table}: the manifest counts other rows`);
      tables.set(table, rows);
    }
    return tables;
  } catch (error) {
    figures.unreadable += 1;
    figures.errors.push(String(error));
    return null;
  } finally {
    await store.close();
  }
}

function keysOf(tables: ReadonlyMap<TableName, Row[]>): Set<string> {
  return new Set((tables.get('samples') ?? []).map((row) => String(row.key)));
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key));
}

/** Every sample with its run, file, link and answer, and nothing else. */
function countHalves(tables: ReadonlyMap<TableName, Row[]>): number {
  const keys = keysOf(tables);
  const of = (table: TableName, read: (row: Row) => string) => new Set((tables.get(table) ?? []).map(read));
  const others = [
    of('runs', (row) => String(row.parent)),
    of('files', (row) => String(row.parent).replace('SRR', 'GSM')),
    of('links', (row) => String(row.key)),
    of('asked', (row) => String(row.id)),
  ];
  return others.filter((other) => !isSame(other, keys)).length;
}

/** Keys of the samples of a manifest whose segments are below a folder. */
async function keysOfManifest(context: CommitContext, manifest: Manifest, folder: string): Promise<Set<string>> {
  const key = TABLES.samples.columns.filter((column) => column.name === 'key');
  const rows = liveTable(folder, manifest, 'samples', key);
  return new Set((await (await context.engine()).rows(`SELECT "key" FROM (${rows})`)).map((row) => String(row[0])));
}

function readManifest(path: string): Manifest {
  const manifest = parseManifest(readFileSync(path, 'utf8'), path);
  if (manifest === null) throw new Error(`${path} is a stub`);
  return manifest;
}

/** A backup's manifest, with the names that the segments have there. */
function readBackup(folder: string): Manifest {
  const manifest = readManifest(join(folder, MANIFEST_FILE));
  const names = new Map(segmentPaths(manifest).map(({ segment, path }) => [segment.file, path]));
  const moved = (segment: Segment): Segment => ({ ...segment, file: names.get(segment.file) ?? segment.file });
  const tables = Object.entries(manifest.tables).map(([name, state]) => {
    return [name, { ...state, base: state.base.map(moved), deltas: state.deltas.map(moved) }] as const;
  });
  return { ...manifest, tables: Object.fromEntries(tables) };
}

/** Keys of a backup (`restore`) or of an older manifest (`rollback`). */
async function snapshot(dir: string, work: string, name: string): Promise<Set<string>> {
  const { context, door } = openContext(settingsOf(dir));
  const { layout } = context;
  const backup = join(dir, '..', 'backups', name);
  try {
    return work === 'restore'
      ? await keysOfManifest(context, readBackup(backup), backup)
      : await keysOfManifest(context, readManifest(manifestPath(layout, Number(name))), layout.segments);
  } finally {
    await door.close();
  }
}

/** The states that a worker's lines leave possible. */
async function expectedAfter(before: ReadonlySet<string>, lines: readonly string[], dir: string): Promise<Expected> {
  const said = lines
    .map((line) => line.split(' '))
    .map(([phase = '', work = '', what = '']) => ({ phase, work, what }));
  const cutOff = said.at(-1)?.phase === 'begin' ? said.at(-1) : undefined;
  const done = said.filter(({ phase }) => phase === 'done');
  const states = async (state: ReadonlySet<string>, one: (typeof said)[number] | undefined) => {
    if (one === undefined || one.work === 'keep') return state;
    return one.work === 'add' ? new Set([...state, ...one.what.split(',')]) : snapshot(dir, one.work, one.what);
  };
  let keys = before;
  for (const one of done) if (one.work === 'add') keys = await states(keys, one);
  // Of going back only the last counts.
  if (done.at(-1)?.work !== 'add') keys = await states(keys, done.at(-1));
  return { keys, or: cutOff === undefined ? null : await states(keys, cutOff) };
}

/** One life of a worker: started, killed at a random moment, and the tables looked at. Gives their keys. */
async function killOnce(
  dir: string,
  [work, , longestMs]: (typeof WORKS)[number],
  before: ReadonlySet<string>,
  figures: Figures,
): Promise<ReadonlySet<string>> {
  const lives = [...figures.kills.values()].reduce((sum, count) => sum + count, 0);
  const worker = startWorker(dir, work, `${lives + 10}0`);
  const closed = once(worker.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await worker.ready;
  await Promise.race([wait(Math.random() * longestMs), closed]);
  worker.child.kill('SIGKILL');
  const [code] = await closed;
  if (code !== null) figures.errors.push(`${work} ended by itself with ${code}`);
  figures.kills.set(work, (figures.kills.get(work) ?? 0) + 1);
  const tables = await readTables(dir, figures);
  if (tables === null) return before;
  const keys = keysOf(tables);
  const expected = await expectedAfter(before, worker.lines, dir);
  if (!isSame(keys, expected.keys) && (expected.or === null || !isSame(keys, expected.or))) {
    figures.lost += 1;
    const gone = [...expected.keys].filter((key) => !keys.has(key));
    figures.errors.push(
      `${work}: ${keys.size} samples, ${expected.keys.size} expected, gone ${gone.slice(0, 3).join(' ')}`,
    );
  }
  figures.half += countHalves(tables);
  return keys;
}

/** What `celline db check` finds; the plain tables may be behind. */
async function countFindings(dir: string, figures: Figures): Promise<void> {
  const care = openStoreCare(settingsOf(dir));
  for await (const finding of care.integrity.check()) {
    if (finding.severity === 'error')
      figures.errors.push(`db check: ${finding.check} ${finding.row} ${finding.detail}`);
  }
  for (const { name } of await care.backups.list()) {
    const damage = await care.backups.verify(name);
    if (damage.length > 0) figures.errors.push(`the backup ${name} is damaged: ${damage[0]?.path}`);
  }
  await care.close();
}

/** A work, as often as its share says. */
function drawWork(): (typeof WORKS)[number] {
  const tickets = WORKS.flatMap((work) => Array.from({ length: work[1] }, () => work));
  return tickets[Math.floor(Math.random() * tickets.length)] ?? ['commit', 1, 250];
}

/**
 * Kills commits, transactions, compactions, garbage collections, migrations, backups, restores and rollbacks at random
 * moments, and looks after each kill whether every table opens, holds what was acknowledged, once, and nothing by halves.
 * Exits 1 when anything was wrong.
 */
export async function benchKillStore(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-kill-'));
  const dir = join(folder, 'DB');
  const figures: Figures = { kills: new Map(), lost: 0, unreadable: 0, duplicates: 0, half: 0, errors: [] };
  try {
    let keys: ReadonlySet<string> = new Set(['GSM1', 'GSM2', 'GSM3']);
    // The first of each kind, so that even a short form meets them all.
    const works = Array.from({ length: kills }, (_, index) => WORKS[index] ?? drawWork());
    for (const [index, work] of works.entries()) {
      keys = await killOnce(dir, work, keys, figures);
      if (index % 25 === 24) await countFindings(dir, figures);
    }
    await countFindings(dir, figures);
    say('kills', [...figures.kills].map(([work, count]) => `${work} ${count}`).join(', '));
    say('samples at the end', String(keys.size));
    say('states lost or mixed', String(figures.lost));
    say('tables that did not open', String(figures.unreadable));
    say('duplicates', String(figures.duplicates));
    say('samples by halves', String(figures.half));
    for (const error of figures.errors.slice(0, 20)) say('wrong', error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const wrong = figures.lost + figures.unreadable + figures.duplicates + figures.half + figures.errors.length;
  if (wrong > 0) process.exitCode = 1;
}
