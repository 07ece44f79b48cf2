import { randomUUID } from 'node:crypto';
import { link, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StoreError } from '../../src/errors/store-error.ts';
import type { Row } from '../../src/records/table.ts';
import { storeLayout } from '../../src/store/disk/layout.ts';
import { followingManifest, type Segment, segmentsOf } from '../../src/store/manifest/manifest.ts';
import type { CommitContext } from '../../src/store/parquet/commit.ts';
import { compactTable } from '../../src/store/parquet/compact.ts';
import { collectGarbage } from '../../src/store/parquet/garbage.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { writeDelta } from '../../src/store/segments/segments.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

/** A store with some samples, one commit each. */
async function storeWith(keys: readonly string[]): Promise<string> {
  const dir = join(await makeTestFolder(), 'DB');
  const store = openTestStore(dir);
  for (const key of keys) await store.commit(oneUnit({ samples: [geoSample(key)] }));
  await store.close();
  return dir;
}

function openParts(dir: string) {
  return openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
}

/** Everything on the disk becomes two hours old, as for a process that was stopped or a machine that slept, and garbage is collected. */
async function standStill(dir: string): Promise<void> {
  const layout = storeLayout(dir);
  const time = new Date(Date.now() - 2 * 3_600_000);
  for (const folder of [layout.manifests, layout.segments, layout.pins]) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) await utimes(join(folder, name), time, time);
  }
  const { context, door } = openParts(dir);
  await collectGarbage(context, { now: true });
  await door.close();
}

/** Does something once, the first time that it is called. */
function once(work: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    isDone = true;
    await work();
  };
}

/** Links as usual, after something that happens just before the first manifest of this number gets its name. */
function beforeLink(sequence: number, work: () => Promise<void>): (from: string, to: string) => Promise<void> {
  const first = once(work);
  return async (from, to) => {
    if (to.endsWith(`${sequence}.json`)) await first();
    await link(from, to);
  };
}

async function keysIn(dir: string): Promise<string[]> {
  const store = openTestStore(dir);
  const rows: Row[] = [];
  for await (const batch of store.select({ table: 'samples' })) rows.push(...batch);
  await store.close();
  return rows.map(({ key }) => String(key));
}

async function missingSegments({ log, layout }: CommitContext): Promise<string[]> {
  const there = new Set(await readdir(layout.segments));
  const named = Object.values((await log.newest()).tables).flatMap(segmentsOf);
  return named.map(({ file }) => file).filter((file) => !there.has(file));
}

describe('a writer that stands still for two hours while others collect garbage', () => {
  test('just before the number of its commit: it commits all the same', async () => {
    const dir = await storeWith(['GSM1']);
    const store = openTestStore(dir, { makeLink: beforeLink(2, () => standStill(dir)) });
    const report = await store.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await store.close();
    expect(report.sequence).toBe(2);
    expect(await keysIn(dir)).toEqual(['GSM1', 'GSM2']);
  });

  test('just before the end of its transaction: it ends all the same', async () => {
    const dir = await storeWith(['GSM1']);
    const store = openTestStore(dir, { makeLink: beforeLink(2, () => standStill(dir)) });
    await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
      await transaction.commit(oneUnit({ samples: [geoSample('GSM3')] }));
    });
    await store.close();
    expect(await keysIn(dir)).toEqual(['GSM1', 'GSM2', 'GSM3']);
  });

  test.each(['before it publishes', 'just before the number'])(
    'in a compaction, %s: the tables stay whole',
    async (moment) => {
      const dir = await storeWith(['GSM1', 'GSM2', 'GSM3']);
      const { context: plain, door } = openContext({
        dir,
        clock: TEST_CLOCK,
        randomId: randomUUID,
        makeLink: moment === 'just before the number' ? beforeLink(4, () => standStill(dir)) : link,
      });
      let looks = 0;
      const newest = async () => {
        looks += 1;
        if (moment === 'before it publishes' && looks === 2) await standStill(dir);
        return plain.log.newest();
      };
      const context = { ...plain, log: { ...plain.log, newest } };
      expect(await compactTable(context, 'GEO_SAMPLES', true)).toBe(false);
      expect(await missingSegments(plain)).toEqual([]);
      expect(await compactTable(context, 'GEO_SAMPLES', true)).toBe(true);
      await door.close();
      expect(await keysIn(dir)).toEqual(['GSM1', 'GSM2', 'GSM3']);
    },
  );
});

test('a compaction that fails leaves no segment', async () => {
  const dir = await storeWith(['GSM1', 'GSM9']);
  const { context, door } = openParts(dir);
  const write = async (keys: readonly string[]): Promise<Segment> => {
    const rows = keys.map((key) => ({ key, source: 'GEO' }));
    return writeDelta(context, { name: 'GEO_SAMPLES', table: 'samples', rows, removed: [], growth: 0 });
  };
  const newest = await context.log.newest();
  const base = [await write(['GSM1', 'GSM2']), await write(['GSM8', 'GSM9'])];
  const state = { table: 'samples' as const, extra: [], rows: 4, edits: 9, base };
  const tables = { GEO_SAMPLES: { ...state, deltas: [{ ...(await write(['GSM2', 'GSM9'])), from: 3, to: 3 }] } };
  await context.log.append(followingManifest(newest, { commit: randomUUID(), at: '', made: null, tables }));
  await rm(join(context.layout.segments, base[1]?.file ?? ''));
  const before = await readdir(context.layout.segments);
  await expect(compactTable(context, 'GEO_SAMPLES', true)).rejects.toThrow(/is missing/);
  expect(await readdir(context.layout.segments)).toEqual(before);
  await door.close();
});

test.each(['a commit', 'a transaction'])(
  '%s is refused when the tables went back to an older version meanwhile',
  async (what) => {
    const dir = await storeWith(['GSM1']);
    const { context, door } = openParts(dir);
    const goBack = async (): Promise<void> => {
      const newest = await context.log.newest();
      const next = { commit: randomUUID(), at: newest.at, made: null, tables: newest.tables, format: 1 };
      expect(await context.log.append(followingManifest(newest, next, true))).toBe(true);
    };
    const store = openTestStore(dir, { makeLink: beforeLink(2, goBack) });
    const change = oneUnit({ samples: [geoSample('GSM2')] });
    const work = what === 'a commit' ? store.commit(change) : store.transaction((inner) => inner.commit(change));
    const error = await work.catch((thrown: unknown) => thrown as StoreError);
    expect(error).toMatchObject({ failure: 'operational', hint: 'celline db migrate' });
    expect(await context.log.newest()).toMatchObject({ sequence: 2, format: 1 });
    await store.close();
    await door.close();
  },
);
