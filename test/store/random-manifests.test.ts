import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { StoreReader } from '../../src/ports/store.ts';
import type { Row, TableName } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';
import {
  EMPTY_MANIFEST,
  type ExtraColumn,
  emptyTable,
  followingManifest,
  type Manifest,
  type Segment,
  type TableState,
} from '../../src/store/manifest/manifest.ts';
import { extendedTable } from '../../src/store/manifest/table-of.ts';
import type { CommitContext } from '../../src/store/parquet/commit.ts';
import { compactTable, mergeDeltas } from '../../src/store/parquet/compact.ts';
import { openContext } from '../../src/store/parquet/parquet-store.ts';
import { areInOrder, replaceSegments } from '../../src/store/parquet/plan-compaction.ts';
import { createReader } from '../../src/store/parquet/reader.ts';
import { compareKeys } from '../../src/store/plan/compare-keys.ts';
import { rowId } from '../../src/store/plan/draft.ts';
import { changedKeys } from '../../src/store/segments/changed-keys.ts';
import { liveRows } from '../../src/store/segments/live-rows.ts';
import { writeDelta } from '../../src/store/segments/segments.ts';
import { makeTestFolder, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

const SCORE: ExtraColumn = { name: 'score', type: 'integer', handler: 'lab' };

/** In the order of UTF-8, which is not that of UTF-16: the last two change places. */
const KEYS = ['GSM1', 'GSM10', 'GSM10/x', 'GSM2', 'a', 'a\u0001', 'a b', "a'b", 'é', '\uffee', '😀'];
const ALIASES = ['SRX1', 'GSE1'];

/** One row of a segment; `tissue` and `score` tell its versions apart, `gone` marks a removed one. */
interface Cell {
  readonly key: string;
  readonly alias: string;
  readonly tissue: string | null;
  readonly score: number | null;
  readonly gone: boolean;
}

/** The segments of one physical table: its base in order, cut into pieces, and its deltas. */
interface Segments {
  readonly base: readonly Cell[];
  /** Keys at which a new base segment begins. */
  readonly cuts: readonly string[];
  /** With or without the column of the plug-in. */
  readonly deltas: readonly { readonly cells: readonly Cell[]; readonly isWide: boolean }[];
}

const cell = fc.record({
  key: fc.constantFrom(...KEYS),
  alias: fc.constantFrom(...ALIASES),
  tissue: fc.constantFrom(null, '', 'brain', "it's"),
  score: fc.constantFrom(null, 0, 7),
  gone: fc.boolean(),
});

function segmentsOf(selector: (one: Cell) => string): fc.Arbitrary<Segments> {
  const cells = (minLength: number, maxLength: number) => fc.uniqueArray(cell, { minLength, maxLength, selector });
  return fc.record({
    base: cells(0, 10),
    cuts: fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 4 }),
    deltas: fc.array(fc.record({ cells: cells(1, 4), isWide: fc.boolean() }), { maxLength: 5 }),
  });
}

const STORE = fc.record({
  geo: segmentsOf(({ key }) => key),
  custom: segmentsOf(({ key }) => key),
  links: segmentsOf(({ key, alias }) => `${key} ${alias}`),
});

/** Rows as a store gives them back, provenance aside. */
function asRow(table: TableName, source: string, { key, alias, tissue, score }: Cell): Row {
  if (table === 'links') return { key, alias, kind: 'series' };
  return { key, source, tissue, ...(source === 'CUSTOM' ? { score } : {}) };
}

/** The rows that are there: base, then every delta over it. */
function liveRowsNaively(table: TableName, source: string, { base, deltas }: Segments): Row[] {
  const live = new Map<string, Row>();
  for (const one of base) live.set(rowId(table, asRow(table, source, one)), asRow(table, source, one));
  for (const { cells, isWide } of deltas) {
    for (const one of cells) {
      const row = asRow(table, source, isWide ? one : { ...one, score: null });
      if (one.gone) live.delete(rowId(table, row));
      else live.set(rowId(table, row), row);
    }
  }
  return [...live.values()];
}

interface Made {
  readonly context: CommitContext;
  readonly name: string;
  readonly table: TableName;
  readonly source: string;
}

async function write(
  { context, name, table, source }: Made,
  cells: readonly Cell[],
  isWide: boolean,
): Promise<Segment> {
  const rows = cells.filter(({ gone }) => !gone).map((one) => asRow(table, source, one));
  const removed = cells.filter(({ gone }) => gone).map((one) => asRow(table, source, one));
  const shape = extendedTable(TABLES[table], source === 'CUSTOM' && isWide ? [SCORE] : []);
  return writeDelta(context, { name, table, rows, removed, growth: 0 }, shape);
}

async function makeState(made: Made, segments: Segments): Promise<TableState> {
  const { table, source } = made;
  const sorted = segments.base.map((one) => ({ ...one, gone: false })).sort((a, b) => compareKeys(a.key, b.key));
  const pieces = new Map<number, Cell[]>();
  for (const one of sorted) {
    const piece = segments.cuts.filter((cut) => compareKeys(cut, one.key) <= 0).length;
    pieces.set(piece, [...(pieces.get(piece) ?? []), one]);
  }
  const base: Segment[] = [];
  for (const cells of pieces.values()) base.push(await write(made, cells, true));
  const deltas: Segment[] = [];
  for (const [index, { cells, isWide }] of segments.deltas.entries()) {
    deltas.push({ ...(await write(made, cells, isWide)), from: index + 1, to: index + 1 });
  }
  const rows = liveRowsNaively(table, source, segments).length;
  return { ...emptyTable(table), extra: source === 'CUSTOM' ? [SCORE] : [], rows, base, deltas };
}

const byId = (table: TableName) => (a: Row, b: Row) => compareKeys(rowId(table, a), rowId(table, b));

/** Only the columns that a row of the test has; those that its source lacks are null. */
function seen(table: TableName, rows: readonly Row[]): Row[] {
  const names = table === 'links' ? ['key', 'alias', 'kind'] : ['key', 'source', 'tissue', 'score'];
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
}

async function selected(reader: StoreReader, table: TableName, tissue?: string): Promise<Row[]> {
  const where = tissue === undefined ? [] : [{ column: 'tissue', operator: '=' as const, value: tissue }];
  const rows: Row[] = [];
  for await (const batch of reader.select({ table, where })) rows.push(...batch);
  return seen(table, rows);
}

/** The query for large tables, which a base of so many rows gets; of the rows it has the keys. */
async function expectLargeQuery({ context, name, table, source }: Made, live: readonly Row[]): Promise<void> {
  const state = (await context.log.newest()).tables[name];
  if (state === undefined) return;
  const large = { ...state, base: state.base.map((segment) => ({ ...segment, rows: 200_000 })) };
  const columns = TABLES[table].columns.slice(0, 2);
  const sql = liveRows(context.layout.segments, large, columns);
  const found = await (await context.engine()).rows(`SELECT * FROM (${sql})`);
  const wanted = live.map((row) => columns.map((column) => String(row[column.name] ?? null)).join(' '));
  const texts = found.map((row) => row.map(String).join(' '));
  expect(texts.sort(), source).toEqual(wanted.sort());
}

async function expectRows(reader: StoreReader, table: TableName, live: readonly Row[]): Promise<void> {
  const wanted = seen(table, live.toSorted(byId(table)));
  // Records of two sources may have one key here: the order of such rows is not promised.
  const inOrder = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  const found = await selected(reader, table);
  expect(found.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
  expect(inOrder(found)).toEqual(inOrder(wanted));
  expect(await reader.count({ table })).toBe(wanted.length);
  expect(inOrder(seen(table, await reader.get(table, KEYS)))).toEqual(inOrder(wanted));
  const some = KEYS.filter((_, index) => index % 3 === 1);
  const ofSome = wanted.filter(({ key }) => some.includes(String(key)));
  expect(inOrder(seen(table, await reader.get(table, some)))).toEqual(inOrder(ofSome));
  if (table === 'links') return;
  const brains = wanted.filter(({ tissue }) => tissue === 'brain');
  expect(inOrder(await selected(reader, table, 'brain'))).toEqual(inOrder(brains));
}

type Tables = Manifest['tables'];

async function changedBetween(context: CommitContext, table: TableName, [before, after]: Tables[]): Promise<string[]> {
  const manifest = (tables: Tables = {}): Manifest => ({ ...EMPTY_MANIFEST, tables });
  const keys: string[] = [];
  for await (const piece of changedKeys(context, table, manifest(before), manifest(after))) keys.push(...piece);
  return keys;
}

/** Keys of the rows that only one of the two has, in order. */
function differingKeys(before: readonly Row[], after: readonly Row[]): string[] {
  const [older, newer] = [before, after].map((rows) => new Set(rows.map((row) => JSON.stringify(row))));
  const only = [...before.filter((row) => !newer?.has(JSON.stringify(row)))];
  only.push(...after.filter((row) => !older?.has(JSON.stringify(row))));
  return [...new Set(only.map(({ key }) => String(key)))].sort(compareKeys);
}

/** Without its last delta: what it was a commit ago. */
function aCommitAgo(segments: Segments): Segments {
  return { ...segments, deltas: segments.deltas.slice(0, -1) };
}

test('rows of random manifests are those of a naive reading, before and after every compaction, and a comparison finds what differs', async () => {
  const dir = join(await makeTestFolder(), 'DB');
  const { context, door } = openContext({ dir, clock: TEST_CLOCK, randomId: randomUUID });
  await context.log.open();
  const reader = createReader(context, () => context.log.newest());
  const publish = async (tables: Readonly<Record<string, TableState>>): Promise<void> => {
    const newest = await context.log.newest();
    const next = { commit: randomUUID(), at: new Date().toISOString(), made: null, tables };
    expect(await context.log.append(followingManifest(newest, next))).toBe(true);
  };
  const parts = [
    { name: 'GEO_SAMPLES', table: 'samples', source: 'GEO', of: 'geo' },
    { name: 'CUSTOM_SAMPLES', table: 'samples', source: 'CUSTOM', of: 'custom' },
    { name: 'LINKS', table: 'links', source: '', of: 'links' },
  ] as const;
  await fc.assert(
    fc.asyncProperty(STORE, async (store) => {
      const states: Record<string, TableState> = {};
      for (const part of parts) states[part.name] = await makeState({ context, ...part }, store[part.of]);
      await publish(states);
      const samples = parts
        .filter(({ table }) => table === 'samples')
        .flatMap(({ source, of }) => liveRowsNaively('samples', source, store[of]));
      const links = liveRowsNaively('links', '', store.links);
      const expectAll = async (): Promise<void> => {
        await expectRows(reader, 'samples', samples);
        await expectRows(reader, 'links', links);
      };
      await expectAll();
      for (const part of parts) {
        const live = liveRowsNaively(part.table, part.source, store[part.of]);
        await expectLargeQuery({ context, ...part }, live);
      }
      const ago = Object.entries(states).map(([name, state]) => [
        name,
        { ...state, deltas: state.deltas.slice(0, -1) },
      ]);
      const earlier: Tables = Object.fromEntries(ago);
      for (const table of ['samples', 'links'] as const) {
        const own = parts.filter((part) => part.table === table);
        const differ = own.flatMap(({ source, of }) =>
          differingKeys(
            seen(table, liveRowsNaively(table, source, aCommitAgo(store[of]))),
            seen(table, liveRowsNaively(table, source, store[of])),
          ),
        );
        const wanted = [...new Set(differ)].sort(compareKeys);
        expect(await changedBetween(context, table, [earlier, states])).toEqual(wanted);
        expect(await changedBetween(context, table, [states, earlier])).toEqual(wanted);
      }
      // The newest deltas become one: removed rows stay marked.
      const merged: Record<string, TableState> = { ...states };
      for (const [name, state] of Object.entries(states)) {
        const inputs = state.deltas.slice(1);
        if (inputs.length < 2) continue;
        const replacement = await mergeDeltas(context, name, state, inputs);
        merged[name] = replaceSegments(state, replacement) ?? emptyTable(state.table);
      }
      await publish(merged);
      await expectAll();
      for (const { name } of parts) await compactTable(context, name, true);
      const after = (await context.log.newest()).tables;
      for (const { name } of parts) {
        expect(after[name]?.deltas).toEqual([]);
        expect(areInOrder(after[name]?.base ?? [])).toBe(true);
      }
      await expectAll();
      for (const table of ['samples', 'links'] as const) {
        expect(await changedBetween(context, table, [states, after])).toEqual([]);
      }
    }),
    { numRuns: 8 },
  );
  await door.close();
  expect((await context.log.newest()).format).toBe(EMPTY_MANIFEST.format);
});
