import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Store } from '../src/ports/store.ts';
import { EMPTY_UNIT } from '../src/records/record-unit.ts';
import { createParquetStore, openContext } from '../src/store/parquet/parquet-store.ts';
import { builtFolder } from './built-folder.ts';
import { say } from './figures.ts';
import { isolated } from './run-celline.ts';
import { FIRST_NUMBER, seedTables } from './seed-tables.ts';

const CLOCK = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };

function storeAt(folder: string): Store {
  return createParquetStore({ dir: join(folder, 'DB'), clock: CLOCK, randomId: randomUUID });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** A new project folder, with so many rows in each of five tables. */
async function project(rows: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'celline-million-'));
  mkdirSync(join(folder, 'DB'));
  writeFileSync(join(folder, 'celline.config.json'), '{}\n');
  if (rows === 0) return folder;
  const start = performance.now();
  const { context, door } = openContext({
    dir: join(folder, 'DB'),
    clock: CLOCK,
    randomId: randomUUID,
    memoryLimit: '1GB',
  });
  await seedTables(context, rows);
  await door.close();
  say(`${rows} rows in 5 tables`, `made in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return folder;
}

async function addOne(store: Store, number: number): Promise<void> {
  const key = `GSM${number}`;
  const run = `SRR${number}`;
  await store.commit({
    units: [
      {
        ...EMPTY_UNIT,
        samples: [{ key, source: 'GEO', title: 'one more', parent: 'GSE1', children: run }],
        runs: [{ key: run, source: 'INSDC', parent: key }],
        files: [{ key: `${run}/generated/a.gz`, source: 'INSDC', parent: run, name: 'a.gz', origin: 'generated' }],
        links: [{ key, alias: `SAMN${number}`, kind: 'biosample' }],
        complete: [
          { table: 'runs', parent: key },
          { table: 'files', parent: run, origin: 'generated' },
        ],
      },
    ],
    asked: [
      {
        id: key,
        outcome: 'added',
        key,
        reason: null,
        plan: 'standard',
        job: null,
        answered_at: '2026-01-02T00:00:00.000Z',
      },
    ],
    at: '2026-01-02T00:00:00.000Z',
  });
}

/** Median milliseconds of one-record commits, compaction after each apart. */
async function commitTimes(folder: string, count: number, first: number): Promise<number> {
  const store = storeAt(folder);
  const times: number[] = [];
  await addOne(store, first);
  for (let index = 1; index <= count; index += 1) {
    await store.compact();
    const start = performance.now();
    await addOne(store, first + index * 17);
    times.push(performance.now() - start);
  }
  await store.close();
  return median(times);
}

/** Milliseconds of a command from the shell: the median of some, each a process of its own. */
function commandTime(folder: string, args: readonly string[], runs = 7): number {
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const start = performance.now();
    const bin = join(builtFolder(), 'bin', 'celline.js');
    const ended = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      env: isolated(folder, {}),
      encoding: 'utf8',
    });
    times.push(performance.now() - start);
    if (ended.status !== 0) throw new Error(`celline ${args.join(' ')}: ${ended.stderr}`);
  }
  return median(times);
}

const GROUP_BY = 'SELECT organism, library_strategy, count(*) AS n FROM samples GROUP BY ALL ORDER BY n DESC';

/** Milliseconds of a query inside one process, engine warm: ours and DuckDB's own over the plain table. */
async function groupBy(folder: string): Promise<{ ours: number; raw: number }> {
  const { openQuery } = await import('../src/query/open-query.ts');
  const query = openQuery({ dir: join(folder, 'DB'), clock: CLOCK, randomId: randomUUID });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const plain = join(folder, 'DB', 'GEO_SAMPLES.parquet').replaceAll("'", "''");
  const rawSql = GROUP_BY.replace('FROM samples', `FROM read_parquet('${plain}')`);
  const ours: number[] = [];
  const raw: number[] = [];
  for (let index = 0; index < 15; index += 1) {
    let start = performance.now();
    for await (const rows of (await query.run(GROUP_BY)).rows()) if (rows.length === 0) break;
    ours.push(performance.now() - start);
    start = performance.now();
    await (await connection.runAndReadAll(rawSql)).getRows();
    raw.push(performance.now() - start);
  }
  connection.disconnectSync();
  instance.closeSync();
  await query.close();
  return { ours: median(ours), raw: median(raw) };
}

function sayRatio(what: string, ours: number, other: number, limit: string): void {
  say(what, `${ours.toFixed(1)} ms against ${other.toFixed(1)} ms: ${(ours / other).toFixed(2)} × (${limit})`);
}

/** Commits of one record until so many deltas wait, without merging them. */
async function pileUpDeltas(folder: string, count: number): Promise<void> {
  const { context, door } = openContext({ dir: join(folder, 'DB'), clock: CLOCK, randomId: randomUUID });
  const { commitChange } = await import('../src/store/parquet/commit.ts');
  for (let index = 0; index < count; index += 1) {
    const key = `GSM${FIRST_NUMBER + index * 97}`;
    await commitChange(context, {
      units: [{ ...EMPTY_UNIT, samples: [{ key, source: 'GEO', title: `changed ${index}` }] }],
      asked: [],
      at: '2026-01-03T00:00:00.000Z',
    });
  }
  await door.close();
}

/** Peak memory of a process that rewrites the whole base after every range of it was touched. */
function compactionPeak(folder: string): string {
  const script = join(builtFolder(), 'bench', 'compact-all.js');
  const ended = spawnSync(process.execPath, [script, join(folder, 'DB')], { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended.stdout.trim();
}

/** Prints what a table of so many rows costs: adding one record, counting, looking one up, merging. */
export async function benchRows(rows: number): Promise<void> {
  const empty = await project(0);
  const large = await project(rows);
  try {
    const small = await commitTimes(empty, 21, FIRST_NUMBER + rows + 5000);
    const big = await commitTimes(large, 21, FIRST_NUMBER + rows + 5000);
    sayRatio('add one record', big, small, 'an empty table; at most 1.5');
    await storeAt(large).compact();
    const publisher = storeAt(large);
    const start = performance.now();
    await publisher.publish({ force: true });
    say('plain tables', `written in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    await publisher.close();
    const even = await groupBy(large);
    sayRatio('group by', even.ours, even.raw, 'DuckDB over the plain table; at most 1.3');
    const key = `GSM${FIRST_NUMBER + (rows >> 1)}`;
    const bySql = ['query', `SELECT title FROM samples WHERE key = '${key}'`];
    say('look-up, query, cold', `${commandTime(large, bySql).toFixed(0)} ms (at most 150)`);
    say('look-up, show, cold', `${commandTime(large, ['show', key]).toFixed(0)} ms`);
    say('node -e 0', `${spawnTime().toFixed(0)} ms`);
    await pileUpDeltas(large, 100);
    const behind = await groupBy(large);
    sayRatio('group by, 100 deltas', behind.ours, behind.raw, 'DuckDB over the plain table; at most 3');
    say('rewriting every range', compactionPeak(large));
  } finally {
    rmSync(empty, { recursive: true });
    rmSync(large, { recursive: true });
  }
}

function spawnTime(): number {
  const times: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    const start = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    times.push(performance.now() - start);
  }
  return median(times);
}
