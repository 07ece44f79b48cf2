import { join } from 'node:path';
import type { Column, Table, TableName } from '../../records/table.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import { compareKeys } from '../plan/compare-keys.ts';
import { columnList, columnsDigest, DELETED, emptyRows, nullColumn, segmentColumns, sqlName } from './column-sql.ts';
import { parquetRows } from './parquet-source.ts';

/** Number of the segment in the list that a row comes from: the greater, the newer. */
export const SEGMENT_INDEX = '_segment';

/** Below this many rows one window over base and deltas is as fast as an anti join of the two. */
const WINDOW_ROWS = 200_000;

const DIGESTS = new WeakMap<Table, string>();

/** Digest of the columns that a table's segments have in this version. */
export function currentDigest(table: Table): string {
  const known = DIGESTS.get(table) ?? columnsDigest(segmentColumns(table));
  DIGESTS.set(table, known);
  return known;
}

function pathsOf(folder: string, segments: readonly Segment[]): string[] {
  return segments.map(({ file }) => join(folder, file));
}

/**
 * A query over segments, oldest first, with the table's columns, the mark of removed rows and the segment's index.
 * Segments with other columns are read by name: a column that they lack is NULL, one that the table lacks is left out.
 */
export function segmentRows(folder: string, table: Table, segments: readonly Segment[]): string {
  const columns = segmentColumns(table);
  const digest = currentDigest(table);
  const paths = pathsOf(folder, segments);
  const names = columnList(columns);
  if (segments.every((segment) => segment.columns === digest)) {
    return `SELECT ${names}, file_index AS ${SEGMENT_INDEX} FROM ${parquetRows(paths)}`;
  }
  const byName = `SELECT *, file_index AS ${SEGMENT_INDEX} FROM ${parquetRows(paths, ['union_by_name = true'])}`;
  return `SELECT ${names}, ${SEGMENT_INDEX} FROM (${emptyRows(columns)} UNION ALL BY NAME ${byName})`;
}

function primaryKey(table: Table): string {
  return table.primaryKey.map(sqlName).join(', ');
}

/** The newest row of each key. Tombstones are filtered outside of the deduplication. */
function newestRows(rows: string, table: Table, columns: string): string {
  const newest = `QUALIFY row_number() OVER (PARTITION BY ${primaryKey(table)} ORDER BY ${SEGMENT_INDEX} DESC) = 1`;
  return `SELECT ${columns} FROM (SELECT * FROM (${rows}) ${newest}) WHERE NOT ${DELETED}`;
}

/**
 * A query over the live rows of one physical table; `condition` narrows by the first primary-key column only. A base holds
 * each key once and no removed rows; its segments that no delta reaches into are read as they are. `merged` names a table
 * of the engine that holds what `mergedDeltas` gives: then the deltas are not read.
 */
export function liveRows(
  folder: string,
  state: TableState,
  columns: readonly Column[],
  { condition = 'true', merged }: { readonly condition?: string; readonly merged?: string } = {},
): string {
  const table = tableOf(state);
  const names = columnList(columns);
  const { base, deltas } = state;
  const narrowed = (segments: readonly Segment[]): string =>
    `SELECT * FROM (${segmentRows(folder, table, segments)}) WHERE ${condition}`;
  if (segmentsOf(state).length === 0) return `SELECT ${names} FROM (${emptyRows(table.columns)})`;
  if (deltas.length === 0) return `SELECT ${names} FROM (${narrowed(base)})`;
  const isTouched = (segment: Segment): boolean => deltas.some((delta) => haveCommonKeys(delta, segment));
  const touched = base.filter(isTouched);
  const touchedRows = touched.reduce((sum, segment) => sum + segment.rows, 0);
  const parts: string[] = [];
  const apart = base.filter((segment) => !isTouched(segment));
  if (apart.length > 0) parts.push(`SELECT ${names} FROM (${narrowed(apart)})`);
  if (merged === undefined && touchedRows < WINDOW_ROWS) {
    parts.push(newestRows(narrowed([...touched, ...deltas]), table, names));
  } else {
    const key = primaryKey(table);
    const changed = merged ?? `(${narrowed(deltas)})`;
    if (touched.length > 0) {
      parts.push(
        `SELECT ${names} FROM (${narrowed(touched)}) AS b ANTI JOIN (SELECT ${key} FROM ${changed}) AS d USING (${key})`,
      );
    }
    parts.push(
      merged === undefined
        ? newestRows(narrowed(deltas), table, names)
        : `SELECT ${names} FROM ${merged} WHERE NOT ${DELETED}`,
    );
  }
  return parts.join(' UNION ALL ');
}

/** A query over the newest row of each key of the deltas, with the mark of removed ones: read once, it serves many queries. */
export function mergedDeltas(folder: string, state: TableState): string {
  const table = tableOf(state);
  const rows = segmentRows(folder, table, state.deltas);
  const newest = `QUALIFY row_number() OVER (PARTITION BY ${primaryKey(table)} ORDER BY ${SEGMENT_INDEX} DESC) = 1`;
  return `SELECT ${columnList(segmentColumns(table))} FROM (SELECT * FROM (${rows}) ${newest})`;
}

/** True when a key may be in both segments. */
function haveCommonKeys(a: Segment, b: Segment): boolean {
  return compareKeys(a.first, b.last) <= 0 && compareKeys(b.first, a.last) <= 0;
}

/**
 * A query over the live rows of a table of all sources; a column that a source does not have is NULL there. `merged`: tables
 * of the engine that hold merged deltas, by physical name.
 */
export function liveTable(
  folder: string,
  manifest: Manifest,
  name: TableName,
  columns: readonly Column[],
  merged: ReadonlyMap<string, string> = new Map(),
): string {
  const states = Object.entries(manifest.tables).filter(([, state]) => state.table === name && state.rows > 0);
  if (states.length === 0) return `SELECT ${columnList(columns)} FROM (${emptyRows(columns)})`;
  return states
    .map(([physical, state]) => `(${liveRowsAs(folder, state, columns, merged.get(physical))})`)
    .join(' UNION ALL ');
}

function liveRowsAs(folder: string, state: TableState, columns: readonly Column[], merged: string | undefined): string {
  const own = new Set(tableOf(state).columns.map((column) => column.name));
  const present = columns.filter((column) => own.has(column.name));
  const rows = liveRows(folder, state, present, merged === undefined ? {} : { merged });
  if (present.length === columns.length) return rows;
  const all = columns.map((column) => (own.has(column.name) ? sqlName(column.name) : nullColumn(column)));
  return `SELECT ${all.join(', ')} FROM (${rows})`;
}
