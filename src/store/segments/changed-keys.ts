import type { Column, Table, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import { compareKeys } from '../plan/compare-keys.ts';
import { comparedColumns } from '../plan/compare-rows.ts';
import { DELETED, sqlName } from './column-sql.ts';
import { SEGMENT_INDEX, segmentRows } from './live-rows.ts';
import { readTexts, type SegmentContext } from './segments.ts';

/** The segments of one physical table that must be read to compare two states. */
export interface DifferingSegments {
  /** In one of the two states only: every key whose row differs is in one of them. */
  readonly differing: readonly Segment[];
  /** Those of each state that may hold such a key, oldest first. */
  readonly before: readonly Segment[];
  readonly after: readonly Segment[];
}

/**
 * What two states of a physical table do not share. A row that differs came from, or went to, a segment that only one of
 * them has; shared segments are needed only where their keys lie within those, to see what such a row was.
 */
export function differingSegments(before: TableState | undefined, after: TableState | undefined): DifferingSegments {
  const older = before === undefined ? [] : segmentsOf(before);
  const newer = after === undefined ? [] : segmentsOf(after);
  const inOlder = new Set(older.map(({ file }) => file));
  const inNewer = new Set(newer.map(({ file }) => file));
  const differing = [
    ...older.filter(({ file }) => !inNewer.has(file)),
    ...newer.filter(({ file }) => !inOlder.has(file)),
  ];
  const isNeeded = (segment: Segment): boolean => differing.some((other) => overlap(segment, other));
  return { differing, before: older.filter(isNeeded), after: newer.filter(isNeeded) };
}

function overlap(a: Segment, b: Segment): boolean {
  return compareKeys(a.first, b.last) <= 0 && compareKeys(b.first, a.last) <= 0;
}

/** The table with all further columns that either state has. */
function commonTable(name: TableName, before: Manifest, after: Manifest): Table {
  const columns = new Map<string, Column>();
  for (const { tables } of [before, after]) {
    for (const state of Object.values(tables)) {
      if (state.table !== name) continue;
      for (const column of tableOf(state).columns) if (!columns.has(column.name)) columns.set(column.name, column);
    }
  }
  for (const { name: own } of TABLES[name].columns) columns.delete(own);
  return tableOf({ table: name, extra: [...columns.values()] });
}

/** A query: primary key and a hash of what each live row says. Narrow, so that a million rows need little memory. */
function hashedRows(
  folder: string,
  table: Table,
  segments: readonly Segment[],
  { differing }: DifferingSegments,
): string {
  const names = table.primaryKey.map(sqlName);
  const key = names[0] ?? '';
  const hash = `hash(${comparedColumns(table.columns)
    .map(({ name }) => sqlName(name))
    .join(', ')})`;
  const rows = segmentRows(folder, table, segments);
  const hasShared = segments.some(({ file }) => !differing.some((other) => other.file === file));
  const candidates = `${key} IN (SELECT ${key} FROM (${segmentRows(folder, table, differing)}))`;
  const marked = `SELECT ${names.join(', ')}, ${hash} AS _hash, ${DELETED}, ${SEGMENT_INDEX} FROM (${rows})`;
  const newest = `row_number() OVER (PARTITION BY ${names.join(', ')} ORDER BY ${SEGMENT_INDEX} DESC) = 1`;
  const narrowed = `${marked}${hasShared ? ` WHERE ${candidates}` : ''}`;
  return `SELECT ${names.join(', ')}, _hash FROM (SELECT * FROM (${narrowed}) QUALIFY ${newest}) WHERE NOT ${DELETED}`;
}

function changedRows(folder: string, table: Table, parts: DifferingSegments): string {
  const names = table.primaryKey.map(sqlName);
  const key = names[0] ?? '';
  const none = `SELECT ${names.map((name) => `NULL::VARCHAR AS ${name}`).join(', ')}, NULL::UBIGINT AS _hash WHERE false`;
  const side = (segments: readonly Segment[]): string =>
    segments.length === 0 ? none : hashedRows(folder, table, segments, parts);
  const joined = `(${side(parts.before)}) AS a FULL JOIN (${side(parts.after)}) AS b USING (${names.join(', ')})`;
  return `SELECT ${key} FROM ${joined} WHERE a._hash IS DISTINCT FROM b._hash`;
}

/**
 * First primary-key values of the rows of a table that differ between two states, sorted, in batches. Only segments that the
 * states do not share are read, and those whose keys lie within them.
 */
export async function* changedKeys(
  context: SegmentContext,
  name: TableName,
  before: Manifest,
  after: Manifest,
): AsyncGenerator<readonly string[]> {
  const folder = context.layout.segments;
  const table = commonTable(name, before, after);
  const physical = new Set([...Object.keys(before.tables), ...Object.keys(after.tables)]);
  const parts = [...physical].flatMap((one) => {
    const [older, newer] = [before.tables[one], after.tables[one]];
    if ((newer ?? older)?.table !== name) return [];
    const found = differingSegments(older, newer);
    return found.differing.length === 0 ? [] : [found];
  });
  if (parts.length === 0) return;
  const key = sqlName(table.primaryKey[0] ?? '');
  const all = parts.map((part) => `(${changedRows(folder, table, part)})`).join(' UNION ALL ');
  const sql = `SELECT DISTINCT ${key} FROM (${all}) ORDER BY ${key}`;
  const segments = parts.flatMap((part) => [...part.before, ...part.after]);
  yield* readTexts(context, segments, sql);
}
