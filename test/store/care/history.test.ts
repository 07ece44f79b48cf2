import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { HistoryEntry, StoreCare } from '../../../src/ports/store-care.ts';
import { createSystemClock } from '../../../src/project/system-clock.ts';
import { openQuery } from '../../../src/query/open-query.ts';
import { openHistory } from '../../../src/store/care/history.ts';
import { openStoreCare } from '../../../src/store/care/open-care.ts';
import { numberRanges, tablesGoingBack } from '../../../src/store/care/plan-rollback.ts';
import { manifestPath, storeLayout } from '../../../src/store/disk/layout.ts';
import { EMPTY_MANIFEST, emptyTable, type Manifest, STUB_TEXT } from '../../../src/store/manifest/manifest.ts';
import { openContext } from '../../../src/store/parquet/parquet-store.ts';
import { askedRow, geoSample, insdcRun, oneUnit } from '../../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from '../open-test-store.ts';

afterAll(removeFolders);

const AT = '2026-01-01T00:00:00.000Z';

async function newDir(): Promise<string> {
  return join(await makeTestFolder(), 'DB');
}

function openCare(dir: string): StoreCare {
  const author = { by: 'somebody@here', command: 'db rollback', run: randomUUID() };
  return openStoreCare({ dir, clock: TEST_CLOCK, randomId: randomUUID, author });
}

function openStore(dir: string, command: string) {
  return openTestStore(dir, { author: { by: 'somebody@here', command, run: randomUUID() } });
}

function note(key: string, value: string) {
  return { key, name: 'condition', value, created_at: AT, updated_at: AT };
}

/** Two commands: a sample with a run and a note (manifests 1 and 2), then another sample and another title (3). */
async function twoCommands(dir: string): Promise<void> {
  const first = openStore(dir, 'add GSM1');
  await first.commit(oneUnit({ samples: [geoSample('GSM1')] }, { asked: [askedRow('GSM1')] }));
  await first.commit({ ...oneUnit({}), annotations: [note('GSM1', 'control')] });
  await first.close();
  const second = openStore(dir, 'add GSM2');
  const samples = [geoSample('GSM2'), geoSample('GSM1', { title: 'changed' })];
  const units = oneUnit({ samples, runs: [insdcRun('SRR2', 'GSM2')] }, { asked: [askedRow('GSM2')] });
  await second.commit({ ...units, annotations: [note('GSM2', 'treated')] });
  await second.publish();
  await second.close();
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function titles(dir: string): Promise<unknown[]> {
  const store = openTestStore(dir);
  const rows = (await allOf(store.select({ table: 'samples' }))).flat();
  await store.close();
  return rows.map(({ key, title }) => [key, title]);
}

async function notes(dir: string): Promise<unknown[]> {
  const store = openTestStore(dir);
  const rows = (await allOf(store.select({ table: 'annotations' }))).flat();
  await store.close();
  return rows.map(({ key }) => key);
}

describe('the history', () => {
  test('003-19 says of each commit who made it, when, by which command, and the rows of each table', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    const entries = await allOf(care.history.log());
    expect(entries.map(({ sequence, command, kind, isKept, job }) => [sequence, command, kind, isKept, job])).toEqual([
      [3, 'add GSM2', 'commit', true, null],
      [2, 'add GSM1', 'commit', true, null],
      [1, 'add GSM1', 'commit', true, null],
    ]);
    expect(entries[0]).toMatchObject({
      by: 'somebody@here',
      rows: 7,
      tables: {
        GEO_SAMPLES: { added: 1, updated: 1, removed: 0 },
        INSDC_RUNS: { added: 1, updated: 0, removed: 0 },
        ASKED: { added: 1, updated: 0, removed: 0 },
        ANNOTATIONS: { added: 1, updated: 0, removed: 0 },
      },
    });
    expect(await allOf(care.history.log({ limit: 1 }))).toEqual([entries[0]]);
    await care.close();
  });

  test('lists compactions only when asked, and goes on behind stubs and a damaged manifest', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    for await (const _ of care.checkpoint()) expect(_.segments.after).toBe(1);
    const kinds = async (compactions: boolean) =>
      (await allOf(care.history.log({ compactions }))).map(({ kind }) => kind);
    expect(new Set(await kinds(false))).toEqual(new Set(['commit']));
    expect((await kinds(true)).filter((kind) => kind === 'compaction').length).toBeGreaterThan(0);
    const layout = storeLayout(dir);
    const numbers = async () => (await allOf(care.history.log())).map((entry: HistoryEntry) => entry.sequence);
    await writeFile(manifestPath(layout, 1), STUB_TEXT);
    expect(await numbers()).toEqual([3, 2]);
    await writeFile(manifestPath(layout, 3), 'rubbish');
    expect(await numbers()).toEqual([2]);
    await care.close();
  });

  test('of no store is empty, and says that there is nothing to go back to', async () => {
    const dir = await newDir();
    const care = openCare(dir);
    expect(await allOf(care.history.log())).toEqual([]);
    await expect(care.history.rollback(1)).rejects.toThrow('nothing is stored yet');
    expect(await care.history.collectGarbage()).toEqual({ segments: 0, bytes: 0, temporary: 0, pins: 0 });
    expect(await readdir(join(dir, '..'))).toEqual([]);
    await care.close();
  });

  test('says which commits cannot be gone back to any more', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    await allOf(care.checkpoint());
    const text = await readFile(manifestPath(storeLayout(dir), 1), 'utf8');
    const file = /"file":"(GEO_SAMPLES[^"]+)"/.exec(text)?.[1] ?? '';
    await rm(join(storeLayout(dir).segments, file));
    expect((await allOf(care.history.log())).map(({ isKept }) => isKept)).toEqual([false, false, false]);
    const refused = care.history.rollback(1);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_INTEGRITY' });
    await expect(refused).rejects.toThrow(file);
    await care.close();
  });
});

describe('going back', () => {
  test('brings back what archives said and what was asked; annotations keep their rows unless all is asked', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    const planned = await care.history.rollback(2, { dryRun: true });
    expect(planned.sequence).toBe(3);
    const report = await care.history.rollback(2);
    expect(report).toEqual({
      to: 2,
      sequence: 4,
      tables: {
        ASKED: { before: 2, after: 1 },
        GEO_SAMPLES: { before: 2, after: 1 },
        INSDC_RUNS: { before: 1, after: 0 },
      },
    });
    expect(planned.tables).toEqual(report.tables);
    expect(await titles(dir)).toEqual([['GSM1', 'sample GSM1']]);
    expect(await notes(dir)).toEqual(['GSM1', 'GSM2']);
    const [entry] = await allOf(care.history.log({ limit: 1 }));
    expect(entry).toMatchObject({ sequence: 4, kind: 'rollback', command: 'db rollback' });
    // A second time there is nothing to do, and with all only the annotations differ.
    expect(await care.history.rollback(2)).toEqual({ to: 2, sequence: 4, tables: {} });
    expect((await care.history.rollback(2, { all: true })).tables).toEqual({ ANNOTATIONS: { before: 2, after: 1 } });
    expect(await notes(dir)).toEqual(['GSM1']);
    // Undone like every other commit.
    await care.history.rollback(3, { all: true });
    expect(await titles(dir)).toEqual([
      ['GSM1', 'changed'],
      ['GSM2', 'sample GSM2'],
    ]);
    expect(await notes(dir)).toEqual(['GSM1', 'GSM2']);
    await care.close();
  });

  test('plain tables follow, also those of tables that did not exist then', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    await care.history.rollback(1);
    const store = openTestStore(dir);
    expect((await store.plainTables()).map(({ name, rows, behind }) => [name, rows, behind])).toEqual([
      ['ANNOTATIONS', 2, 0],
      ['ASKED', 1, 0],
      ['GEO_SAMPLES', 1, 0],
      ['INSDC_RUNS', 0, 0],
    ]);
    await store.close();
    await care.close();
  });

  test('what was read before does not hold any more: an open store merges with the rows that came back', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const store = openTestStore(dir);
    expect(await store.count({ table: 'samples' })).toBe(2);
    const query = openQuery({ dir, clock: createSystemClock(), randomId: randomUUID });
    const keys = async () => (await allOf((await query.run('SELECT key FROM samples ORDER BY 1')).rows())).flat();
    expect(await keys()).toEqual([{ key: 'GSM1' }, { key: 'GSM2' }]);
    const care = openCare(dir);
    await care.history.rollback(2);
    // A session that is open shows the tables that came back.
    expect(await keys()).toEqual([{ key: 'GSM1' }]);
    await query.close();
    const report = await store.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'changed' })] }));
    expect(report.changes.get('GSM1')).toBe('updated');
    expect(await store.count({ table: 'samples' })).toBe(1);
    await store.close();
    await care.close();
  });

  test('a number that is not kept is refused, naming those that are; a damaged one too', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const care = openCare(dir);
    await writeFile(manifestPath(storeLayout(dir), 1), STUB_TEXT);
    for (const number of [0, 1, 4, 99]) {
      const refused = care.history.rollback(number);
      await expect(refused, String(number)).rejects.toMatchObject({
        code: 'USAGE',
        hint: 'Kept are 2-3 (celline db log).',
      });
    }
    await writeFile(manifestPath(storeLayout(dir), 2), '{"format":2}');
    await expect(care.history.rollback(2)).rejects.toMatchObject({ code: 'STORE_INTEGRITY' });
    expect(await titles(dir)).toHaveLength(2);
    expect(await readdir(storeLayout(dir).pins)).toEqual([]);
    await care.close();
  });

  test('is refused while a job runs, unless it is forced', async () => {
    const dir = await newDir();
    await twoCommands(dir);
    const { context, door } = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
    const history = openHistory({
      context,
      renew: door.close,
      hasPlainTables: false,
      runningJobs: async () => ['job 7 (add GSE1)'],
    });
    await expect(history.rollback(1)).rejects.toMatchObject({ code: 'STORE_LOCK' });
    await expect(history.rollback(1)).rejects.toThrow('while job 7 (add GSE1) is running');
    expect((await history.rollback(1, { force: true })).sequence).toBe(4);
    await door.close();
  });
});

describe('what goes back', () => {
  const state = { ...emptyTable('samples'), rows: 1 };
  const manifest = (tables: Manifest['tables']): Manifest => ({ ...EMPTY_MANIFEST, tables });

  test('rows come back with the columns that they had, and with the migrations that they had been through', () => {
    const segment = { file: 'a', rows: 1, first: 'A', last: 'A', bytes: 1, sha256: null, columns: '', from: 1, to: 1 };
    const then = { ...state, extra: [{ name: 'dose', type: 'text' as const }], base: [segment] };
    const now = {
      ...state,
      extra: [{ name: 'dose', type: 'integer' as const }],
      migrations: ['0001-dose'],
      base: [{ ...segment, file: 'b' }],
    };
    const back = tablesGoingBack(manifest({ LAB_SAMPLES: now }), manifest({ LAB_SAMPLES: then }), { all: false });
    expect(back?.LAB_SAMPLES).toEqual(then);
    // Renamed without rewriting: the same segments are other rows.
    const renamed = { ...then, migrations: ['0001-dose'] };
    expect(
      tablesGoingBack(manifest({ LAB_SAMPLES: renamed }), manifest({ LAB_SAMPLES: then }), { all: false }),
    ).toEqual({ LAB_SAMPLES: then });
    expect(
      tablesGoingBack(manifest({ LAB_SAMPLES: then }), manifest({ LAB_SAMPLES: then }), { all: false }),
    ).toBeNull();
  });

  test.each([
    [[], ''],
    [[3], '3'],
    [[5, 3, 4, 9, 4], '3-5, 9'],
  ])('%j as ranges', (numbers, text) => {
    expect(numberRanges(numbers)).toBe(text);
  });
});
