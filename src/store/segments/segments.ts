import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import type { Column, Row, Table, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { diskError, fileDigest, fileState, moveFile, removeIfThere, syncFile, temporaryBeside } from '../disk/disk.ts';
import type { Layout } from '../disk/layout.ts';
import { FORMAT_VERSION, type Manifest, type Segment, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import { anyKeyWithin, compareKeys, sortedKeys } from '../plan/compare-keys.ts';
import { rowId } from '../plan/draft.ts';
import type { TableEdits } from '../plan/table-edits.ts';
import { DELETED, parseRow, rowAsJson, segmentColumns, sqlName, sqlText } from './column-sql.ts';
import type { Engine, Parameter } from './duckdb.ts';
import { currentDigest, SEGMENT_INDEX, segmentRows } from './live-rows.ts';
import { refuseNewerSegments } from './newer-files.ts';

/** Gives the engine, loading it at the first call. */
export type EngineDoor = () => Promise<Engine>;

/** What reading and writing segments needs. */
export interface SegmentContext {
  readonly layout: Layout;
  readonly engine: EngineDoor;
  readonly randomId: () => string;
}

/** Rows of a row group: look-ups are 4 times faster than with the default of 122,880. */
export const ROW_GROUP_ROWS = 20_480;

/** Options of every Parquet file that the store writes; DuckDB's own temporary name is not needed, ours is one. */
export function copyOptions(compression: 'zstd' | 'snappy', footer: Readonly<Record<string, unknown>>): string {
  const metadata = `KV_METADATA {celline: ${sqlText(JSON.stringify(footer))}}`;
  return `(FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, USE_TMP_FILE false, ${metadata})`;
}

/** Reads stored segments; a failure is told by the name of the segment that is missing or damaged. */
export async function reading<T>(folder: string, segments: readonly Segment[], work: () => Promise<T>): Promise<T> {
  await refuseNewerSegments(folder, segments);
  try {
    return await work();
  } catch (error) {
    throw await blame(folder, segments, error);
  }
}

/** `reading` of a query with one text column: its batches as they come. */
export async function* readTexts(
  context: SegmentContext,
  segments: readonly Segment[],
  sql: string,
  parameters: readonly Parameter[] = [],
): AsyncGenerator<string[]> {
  const folder = context.layout.segments;
  await refuseNewerSegments(folder, segments);
  try {
    yield* (await context.engine()).texts(sql, parameters);
  } catch (error) {
    throw await blame(folder, segments, error);
  }
}

async function blame(folder: string, segments: readonly Segment[], error: unknown): Promise<unknown> {
  const damage = await findDamage(folder, segments, error);
  if (damage !== null) return damage;
  const isContent = error instanceof StoreError && error.failure === 'query';
  if (!isContent) return error;
  return new StoreError('integrity', `A segment below ${folder} cannot be read: ${error.message}`, {
    hint: RESTORE,
    fields: { path: folder },
    cause: error,
  });
}

const RESTORE =
  'Nothing was changed. celline db check says what is damaged; celline db check --repair takes it from a backup that has it.';

/** The segment that is missing, has another size than it was written with, or is named by an error of DuckDB. */
export async function findDamage(
  folder: string,
  segments: readonly Segment[],
  error: unknown,
): Promise<StoreError | null> {
  for (const segment of segments) {
    const path = join(folder, segment.file);
    const state = await fileState(path);
    const isNamed = error instanceof Error && NAMES_A_BAD_FILE.test(error.message) && error.message.includes(path);
    if (state !== null && state.bytes === segment.bytes && !isNamed) continue;
    const reason = state === null ? 'is missing' : `is damaged (${state.bytes} bytes, written as ${segment.bytes})`;
    return new StoreError('integrity', `The segment ${path} ${reason}.`, {
      hint: RESTORE,
      fields: { path },
      cause: error,
    });
  }
  return null;
}

/** How DuckDB tells of one file that it cannot read; other messages quote statements, and with them every file. */
const NAMES_A_BAD_FILE = /^(IO Error|Invalid Input Error: (File|No magic bytes|Failed to))/;

/** A segment file that is written and on the disk, under its final name. */
export async function finishSegment(
  context: SegmentContext,
  temporary: string,
  name: string,
): Promise<{ file: string; bytes: number; sha256: string }> {
  const file = `${name}-${context.randomId()}.parquet`;
  const path = join(context.layout.segments, file);
  await syncFile(temporary);
  const digest = await fileDigest(temporary);
  await moveFile(temporary, path);
  return { file, ...digest };
}

/** Writes the edits of one table, with its columns, as a delta segment. Its sequence numbers are those of the commit, set later. */
export async function writeDelta(
  context: SegmentContext,
  edits: TableEdits,
  table: Table = TABLES[edits.table],
): Promise<Segment> {
  const columns = segmentColumns(table);
  const keyName = table.primaryKey[0] ?? '';
  const rows: Row[] = [
    ...edits.rows.map((row) => ({ ...row, [DELETED]: false })),
    // The whole row: a search by parent must meet the tombstone too, or an older row would come back.
    ...edits.removed.map((row) => ({ ...row, [DELETED]: true })),
  ].sort((a, b) => compareKeys(rowId(edits.table, a), rowId(edits.table, b)));
  const temporary = temporaryBeside(join(context.layout.segments, edits.name), context.randomId());
  const engine = await context.engine();
  const options = copyOptions('snappy', { format: FORMAT_VERSION, table: edits.name });
  try {
    await engine.write({ columns, rows, target: `${sqlText(temporary)} ${options}` });
    const written = await finishSegment(context, temporary, edits.name);
    const first = String(rows[0]?.[keyName]);
    const last = String(rows.at(-1)?.[keyName]);
    return { ...written, rows: rows.length, first, last, columns: currentDigest(table), from: 0, to: 0 };
  } catch (error) {
    await removeIfThere(temporary);
    throw error instanceof StoreError ? error : diskError(error, 'write', temporary);
  }
}

/** `r` or `d` (removed), the segment's index in six digits, the row as JSON. */
function markedRow(columns: readonly Column[]): string {
  const mark = `CASE WHEN ${DELETED} THEN 'd' ELSE 'r' END || lpad(${SEGMENT_INDEX}::VARCHAR, 6, '0')`;
  return `${mark} || ${rowAsJson(columns)}`;
}

const MARK_LENGTH = 7;

/** The newest row of each key among marked rows; removed ones are left out. */
async function newestOf(texts: AsyncIterable<string[]>, table: Table, columns: readonly Column[]): Promise<Row[]> {
  const newest = new Map<string, { index: number; row: Row | null }>();
  for await (const batch of texts) {
    for (const text of batch) {
      const index = Number(text.slice(1, MARK_LENGTH));
      const row = parseRow(text.slice(MARK_LENGTH), columns);
      const id = rowId(table.name, row);
      const known = newest.get(id);
      if (known !== undefined && known.index > index) continue;
      newest.set(id, { index, row: text.startsWith('d') ? null : row });
    }
  }
  const rows: Row[] = [];
  for (const { row } of newest.values()) if (row !== null) rows.push(row);
  return rows;
}

function statesOf(manifest: Manifest, name: TableName): TableState[] {
  return Object.values(manifest.tables).filter((state) => state.table === name);
}

/** What to look for in some segments of a table. */
interface Search {
  readonly condition: string;
  readonly parameters: readonly Parameter[];
  /** Names of the columns to read; default all. */
  readonly columns: readonly string[] | undefined;
}

async function searchSegments(
  context: SegmentContext,
  state: TableState,
  segments: readonly Segment[],
  search: Search,
): Promise<Row[]> {
  if (segments.length === 0) return [];
  const table = tableOf(state);
  const columns = table.columns.filter((column) => search.columns?.includes(column.name) ?? true);
  const rows = segmentRows(context.layout.segments, table, segments);
  const sql = `SELECT ${markedRow(columns)} FROM (${rows}) WHERE ${search.condition}`;
  return newestOf(readTexts(context, segments, sql, search.parameters), table, columns);
}

/** Rows whose first primary-key column is one of these values. */
export async function rowsByKey(
  context: SegmentContext,
  manifest: Manifest,
  name: TableName,
  keys: readonly string[],
  columns?: readonly string[],
): Promise<Row[]> {
  const sorted = sortedKeys(keys);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const key = sqlName(TABLES[name].primaryKey[0] ?? '');
  // The range lets DuckDB skip row groups, the list then finds the rows.
  const condition = `${key} BETWEEN $1 AND $2 AND ${key} IN (SELECT unnest($3))`;
  const found = statesOf(manifest, name).map((state) => {
    const segments = segmentsOf(state).filter((segment) => anyKeyWithin(sorted, segment.first, segment.last));
    return searchSegments(context, state, segments, { condition, parameters: [first, last, sorted], columns });
  });
  return (await Promise.all(found)).flat();
}

/** Rows of `files` whose parent is one of these: their keys begin with `<parent>/`. */
export async function filesOfParents(
  context: SegmentContext,
  manifest: Manifest,
  parents: readonly string[],
  columns?: readonly string[],
): Promise<Row[]> {
  // '0' follows '/' in UTF-8.
  const lower = sortedKeys(parents.map((parent) => `${parent}/`));
  const upper = sortedKeys(parents.map((parent) => `${parent}0`));
  const [first, last] = [lower[0], upper.at(-1)];
  if (first === undefined || last === undefined) return [];
  const condition = `"key" >= $1 AND "key" < $2 AND parent IN (SELECT unnest($3))`;
  const found = statesOf(manifest, 'files').map((state) => {
    const segments = segmentsOf(state).filter((segment) => parents.some((parent) => holdsParent(segment, parent)));
    const parameters = [first, last, [...new Set(parents)]];
    return searchSegments(context, state, segments, { condition, parameters, columns });
  });
  return (await Promise.all(found)).flat();
}

function holdsParent(segment: Segment, parent: string): boolean {
  return compareKeys(`${parent}/`, segment.last) <= 0 && compareKeys(`${parent}0`, segment.first) > 0;
}

/** Rows whose column holds one of these values: candidates by that column alone, then their newest rows by key. */
export async function rowsByColumn(
  context: SegmentContext,
  manifest: Manifest,
  name: TableName,
  column: string,
  values: readonly string[],
  columns?: readonly string[],
): Promise<Row[]> {
  const key = sqlName(TABLES[name].primaryKey[0] ?? '');
  const wanted = new Set<string>(values);
  if (wanted.size === 0) return [];
  const candidates = new Set<string>();
  for (const state of statesOf(manifest, name)) {
    const segments = segmentsOf(state);
    if (segments.length === 0) continue;
    const rows = segmentRows(context.layout.segments, tableOf(state), segments);
    const sql = `SELECT DISTINCT ${key} FROM (${rows}) WHERE ${sqlName(column)} IN (SELECT unnest($1))`;
    for await (const batch of readTexts(context, segments, sql, [[...wanted]])) {
      for (const candidate of batch) candidates.add(candidate);
    }
  }
  const rows = candidates.size === 0 ? [] : await rowsByKey(context, manifest, name, [...candidates], columns);
  return rows.filter((row) => wanted.has(String(row[column])));
}
