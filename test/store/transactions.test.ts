import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StoreError } from '../../src/errors/store-error.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Change, CommitReport, Store } from '../../src/ports/store.ts';
import { replaceTables } from '../../src/store/care/replace-tables.ts';
import { createChangeLog } from '../../src/store/disk/change-log.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { MAX_REPLAYS } from '../../src/store/parquet/publish-chain.ts';
import { stageChanges } from '../../src/store/parquet/stage-changes.ts';
import { mergeReports } from '../../src/store/plan/merge-reports.ts';
import { stagedToMerge } from '../../src/store/plan/merge-staged.ts';
import { backToSavepoint, type Savepoints, withoutSavepoint, withSavepoint } from '../../src/store/plan/savepoints.ts';
import { openTransaction } from '../../src/store/transaction.ts';
import { AT, collect, geoSample, insdcRun, keysOf, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

const SAMPLES = { table: 'samples' as const };

async function newDir(): Promise<string> {
  return join(await makeTestFolder(), 'DB');
}

/** Every file below a folder, sorted. */
async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function contentsBelow(dir: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const path of await filesBelow(dir)) contents[path] = (await readFile(path)).toString('base64');
  return contents;
}

function samples(from: number, count: number): Change {
  const keys = Array.from({ length: count }, (_, index) => `GSM${String(from + index).padStart(6, '0')}`);
  return oneUnit({ samples: keys.map((key) => geoSample(key)), runs: keys.map((key) => insdcRun(`SRR${key}`, key)) });
}

describe('the decisions of a transaction', () => {
  const names = (all: Savepoints<number>) => all.map(({ name, mark }) => `${name}${mark}`).join(' ');
  const three = withSavepoint(withSavepoint(withSavepoint([], 'a', 1), 'b', 2), 'c', 3);

  test('001-19 savepoints: in order, each name once', () => {
    expect(names(three)).toBe('a1 b2 c3');
    expect(names(withSavepoint(three, 'a', 4))).toBe('b2 c3 a4');
    const { mark, left } = backToSavepoint(three, 'b');
    expect([mark, names(left)]).toEqual([2, 'a1 b2']);
    expect(names(withoutSavepoint(three, 'b'))).toBe('a1');
    expect(() => backToSavepoint(left, 'c')).toThrow('Cannot roll back to the savepoint c');
    expect(() => withoutSavepoint([], 'x')).toThrow('Cannot release the savepoint x');
  });

  test('reports are summed; added and then updated is added', () => {
    const zero = { added: 0, updated: 0, unchanged: 0, removed: 0 };
    const tables = {
      samples: zero,
      runs: zero,
      projects: zero,
      files: zero,
      links: zero,
      asked: zero,
      annotations: zero,
      jobs: zero,
      job_files: zero,
    };
    const report = (added: number, key: string, change: 'added' | 'updated' | 'unchanged'): CommitReport => ({
      sequence: 1,
      tables: { ...tables, samples: { ...zero, added } },
      changes: new Map([[key, change]]),
      changedColumns: new Map(change === 'updated' ? [[key, ['title']]] : []),
      written: { GEO_SAMPLES: { added, updated: 0, removed: 0 } },
      job: null,
    });
    const merged = mergeReports([report(1, 'A', 'added'), report(2, 'A', 'updated'), report(0, 'B', 'updated')], 9);
    expect(merged.sequence).toBe(9);
    expect(merged.tables.samples.added).toBe(3);
    expect(merged.written).toEqual({ GEO_SAMPLES: { added: 3, updated: 0, removed: 0 } });
    expect(Object.fromEntries(merged.changes)).toEqual({ A: 'added', B: 'updated' });
    expect(Object.fromEntries(merged.changedColumns)).toEqual({ B: ['title'] });
    expect(mergeReports([], 3)).toMatchObject({ sequence: 3, tables });
  });

  test('segments are merged when they are many, or have enough rows; large ones stay', () => {
    const some = (count: number, rows: number) => Array.from({ length: count }, () => ({ rows }));
    expect(stagedToMerge(some(31, 10))).toEqual([]);
    expect(stagedToMerge(some(32, 10))).toHaveLength(32);
    expect(stagedToMerge([...some(1, 5000), ...some(32, 1)])).toHaveLength(32);
    expect(stagedToMerge(some(3, 4000))).toHaveLength(3);
    expect(stagedToMerge(some(9, 6000))).toEqual([]);
  });
});

describe('the log of changes', () => {
  test('holds changes as they are, is cut, and leaves no file behind', async () => {
    const folder = await makeTestFolder();
    const log = createChangeLog(join(folder, 'spill'), 'x');
    const first = oneUnit({ runs: [insdcRun('SRR1', 'GSM1', { spots: 2n ** 60n, title: null })] });
    const second = oneUnit({ samples: [geoSample('GSM1', { attributes: { 'µ "x"\n': ['a', ''] } })] });
    await log.append(first);
    const place = log.bytes;
    await log.append(second);
    await log.cut(place);
    await log.append(second);
    await log.append(first);
    const read: Change[] = [];
    for await (const change of log.read()) read.push(change);
    expect(read).toEqual([first, second, first]);
    await log.close();
    expect(await filesBelow(folder)).toEqual([]);
  });

  test('names the folder that it cannot use', async () => {
    const log = createChangeLog('/dev/null/spill', 'x');
    await expect(log.append(oneUnit({}))).rejects.toMatchObject({
      failure: 'connection',
      fields: { path: '/dev/null/spill' },
    });
    await log.close();
  });
});

/** A clock whose waits pass at once; those of a minute or more last until they are aborted. */
function hurriedClock(): Clock {
  let time = Date.now();
  return {
    now: () => time,
    sleep: (ms, signal) => {
      if (ms < 60_000) time += ms;
      return TEST_CLOCK.sleep(ms, signal);
    },
  };
}

describe('transactions of a Parquet store', () => {
  test('001-17 003-24 a rolled back one leaves every file as it was, and none where no store was', async () => {
    const dir = await newDir();
    const untouched = openTestStore(dir);
    await (await untouched.begin()).rollback();
    await untouched.close();
    expect(await filesBelow(dir)).toEqual([]);
    const store = openTestStore(dir);
    await store.commit(samples(0, 3));
    await store.publish();
    const before = await contentsBelow(dir);
    const transaction = await store.begin();
    await transaction.commit(samples(1, 5));
    await transaction.savepoint('a');
    await transaction.commit(samples(100, 5));
    const staged = await filesBelow(storeLayout(dir).segments);
    await transaction.rollbackTo('a');
    expect((await filesBelow(storeLayout(dir).segments)).length).toBe(staged.length - 2);
    await transaction.rollback();
    expect(await contentsBelow(dir)).toEqual(before);
    await store.close();
  });

  test('a large one: segments are merged on the way, a savepoint comes back to what was merged, one manifest', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    const { sequence } = await store.commit(samples(0, 1));
    const transaction = await store.begin();
    for (let index = 0; index < 20; index += 1) await transaction.commit(samples(1 + index, 1));
    await transaction.savepoint('twenty');
    for (let index = 20; index < 60; index += 1) await transaction.commit(samples(1 + index, 1));
    expect(await transaction.count(SAMPLES)).toBe(61);
    await transaction.rollbackTo('twenty');
    expect(await keysOf(transaction, SAMPLES)).toHaveLength(21);
    for (let index = 20; index < 40; index += 1) await transaction.commit(samples(1 + index, 1));
    const report = await transaction.end();
    expect(report.sequence).toBe(sequence + 1);
    expect(report.tables.samples.added).toBe(40);
    expect((await collect(store.select(SAMPLES))).map(({ key }) => key)).toEqual(
      samples(0, 41).units[0]?.samples.map(({ key }) => key),
    );
    await store.close();
    const manifest = JSON.parse(await readFile(join(storeLayout(dir).manifests, '000000002.json'), 'utf8'));
    expect(manifest.tables.GEO_SAMPLES.deltas.length).toBeLessThan(15);
    expect(manifest.made.tables.GEO_SAMPLES).toEqual({ added: 40, updated: 0, removed: 0 });
    expect(manifest.tables.GEO_SAMPLES).toMatchObject({ rows: 41, edits: 41 });
    const named = new Set(JSON.stringify(manifest).match(/\w+-[0-9a-f-]+\.parquet/g));
    const files = (await readdir(storeLayout(dir).segments)).filter((file) => file.startsWith('GEO_SAMPLES'));
    expect(files.filter((file) => !named.has(file))).toEqual([]);
    expect(await readdir(storeLayout(dir).pins)).toEqual([]);
  });

  test('an ordinary commit of the same store does not wait for it', async () => {
    const store = openTestStore(await newDir());
    await store.transaction(async (transaction) => {
      await transaction.commit(samples(0, 1));
      await store.commit(samples(5, 1));
      await store.compact();
      await transaction.commit(samples(1, 1));
    });
    expect(await store.count(SAMPLES)).toBe(3);
    await store.close();
  });

  test('commits and compactions of others meanwhile are met at the end', async () => {
    const dir = await newDir();
    const [store, other] = [openTestStore(dir), openTestStore(dir)];
    await store.commit(samples(0, 2));
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM000000', { title: 'mine' }), geoSample('GSM9')] }));
    for (let index = 0; index < 40; index += 1) await other.commit(samples(10 + index, 1));
    await other.commit(oneUnit({ samples: [geoSample('GSM000000', { tissue: 'brain' })] }));
    await other.compact();
    await transaction.end();
    const [row] = await store.get('samples', ['GSM000000']);
    expect(row).toMatchObject({ title: 'mine', tissue: 'brain' });
    expect(await store.count(SAMPLES)).toBe(43);
    expect(await keysOf(store, SAMPLES)).toHaveLength(43);
    await store.close();
    await other.close();
  });

  test('tables that went back meanwhile: the changes are made again over what is there now', async () => {
    const dir = await newDir();
    const store = openTestStore(dir);
    await store.commit(samples(0, 1));
    const { context, door } = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
    const first = await context.log.newest();
    await store.commit(oneUnit({ samples: [geoSample('GSM7', { tissue: 'brain' })] }));
    const transaction = await store.begin();
    const patch = { key: 'GSM7', source: 'GEO', title: 'mine' };
    expect((await transaction.commit(oneUnit({ samples: [patch] }))).changes.get('GSM7')).toBe('updated');
    await replaceTables(context, { kind: 'rollback', decide: async () => first.tables });
    const report = await transaction.end();
    expect(report.changes.get('GSM7')).toBe('added');
    expect((await store.get('samples', ['GSM7']))[0]).toMatchObject({ title: 'mine', tissue: null });
    await door.close();
    await store.close();
  });

  test('001-08 one that others overtake again and again gives up as a deadlock, and nothing happened', async () => {
    const dir = await newDir();
    const clock = hurriedClock();
    const other = openTestStore(dir, { clock });
    await other.commit(samples(0, 1));
    const { context, door } = openContext({ dir, clock, randomId: randomUUID });
    let interferes = false;
    let commits = 0;
    const newest = async () => {
      if (interferes) {
        commits += 1;
        await other.commit(oneUnit({ samples: [geoSample('GSM000000', { title: `title ${commits}` })] }));
      }
      return context.log.newest();
    };
    const transaction = openTransaction(await stageChanges({ ...context, log: { ...context.log, newest } }));
    await transaction.commit(oneUnit({ samples: [geoSample('GSM000000', { title: 'mine' }), geoSample('GSM7')] }));
    const files = await filesBelow(storeLayout(dir).segments);
    interferes = true;
    const error: StoreError = await transaction.end().then(
      () => expect.unreachable(),
      (reason: StoreError) => reason,
    );
    interferes = false;
    expect(error).toMatchObject({ name: 'StoreError', failure: 'deadlock', hint: expect.stringContaining('again') });
    expect(commits).toBe(MAX_REPLAYS + 1);
    expect(transaction.isOpen).toBe(false);
    expect(await keysOf(other, SAMPLES)).toEqual(['GSM000000']);
    const left = await filesBelow(storeLayout(dir).segments);
    expect(left.length - files.length).toBe(commits - 1);
    await door.close();
    await other.close();
  });

  test('a lost race that does not concern it costs no replay', async () => {
    const dir = await newDir();
    const clock = hurriedClock();
    const other = openTestStore(dir, { clock });
    await other.commit(samples(0, 1));
    const { context, door } = openContext({ dir, clock, randomId: randomUUID });
    let races = 0;
    const append: typeof context.log.append = async (manifest) => {
      if (races < 7) {
        races += 1;
        await other.commit(samples(100 + races, 1));
      }
      return context.log.append(manifest);
    };
    const transaction = openTransaction(await stageChanges({ ...context, log: { ...context.log, append } }));
    await transaction.commit(samples(1, 2));
    const staged = await filesBelow(storeLayout(dir).segments);
    const { sequence } = await transaction.end();
    expect(sequence).toBe(9);
    expect(await filesBelow(storeLayout(dir).segments)).toEqual(expect.arrayContaining(staged));
    expect(await other.count(SAMPLES)).toBe(10);
    await door.close();
    await other.close();
  });

  test('segments that went missing while its process slept are written again', async () => {
    const dir = await newDir();
    const store: Store = openTestStore(dir);
    await store.commit(samples(0, 1));
    const transaction = await store.begin();
    await transaction.commit(samples(1, 2));
    const kept = new Set(await liveFiles(dir));
    for (const path of await filesBelow(storeLayout(dir).segments)) if (!kept.has(path)) await rm(path);
    await transaction.end();
    expect(await keysOf(store, SAMPLES)).toHaveLength(3);
    await store.close();
  });
});

async function liveFiles(dir: string): Promise<string[]> {
  const layout = storeLayout(dir);
  const text = await readFile(join(layout.manifests, '000000001.json'), 'utf8');
  return [...text.matchAll(/"file":"([^"]+)"/g)].map((match) => join(layout.segments, match[1] ?? ''));
}

test('what is staged has the time of its change', async () => {
  const store = openTestStore(await newDir());
  await store.transaction((transaction) => transaction.commit({ ...samples(0, 1), at: AT }));
  expect((await store.get('samples', ['GSM000000']))[0]).toMatchObject({ created_at: AT, updated_at: AT });
  await store.close();
});
