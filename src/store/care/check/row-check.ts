import type { Finding } from '../../../ports/store-care.ts';
import type { Column, Table, TableName } from '../../../records/table.ts';
import { TABLES } from '../../../records/tables.ts';
import type { Manifest, TableState } from '../../manifest/manifest.ts';
import { tableOf } from '../../manifest/table-of.ts';
import { nullColumn, sqlName, sqlText } from '../../segments/column-sql.ts';
import { liveRows } from '../../segments/live-rows.ts';

/** The tables of one manifest as SQL. */
export interface LiveTables {
  readonly manifest: Manifest;
  /** Folder of the segments. */
  readonly folder: string;
  /** Instant of the check (ISO 8601 UTC): stamped into rows that are mended. */
  readonly at: string;
}

/** One thing that rows are looked at for. */
export interface RowCheck {
  /** Stable name: `orphan_run`. */
  readonly name: string;
  readonly severity: Finding['severity'];
  /** Tables that it needs whole: it is left out when one of them is damaged, or it would see orphans everywhere. */
  readonly reads: readonly TableName[];
  /** What `--repair` does about it; null when only a person can tell. */
  readonly repair: string | null;
  /** Queries with the columns `_table`, `_row`, `_column`, `_detail`: one row per finding. */
  find(live: LiveTables): readonly string[];
  /** A query for the rows of a physical table as they should be: its columns, and `_deleted`. Null: nothing of this table. */
  mend?(live: LiveTables, name: string, state: TableState): string | null;
}

/** The physical tables of a table that hold something, by name. */
export function statesOf(live: LiveTables, table: TableName): [string, TableState][] {
  return Object.entries(live.manifest.tables).filter(
    ([, state]) => state.table === table && state.base.length + state.deltas.length > 0,
  );
}

/** A query over the live rows of a table of all sources: `_table` (its physical name), and these columns. */
export function rowsOf(live: LiveTables, table: TableName, columns: readonly string[]): string {
  const chosen = TABLES[table].columns.filter((column) => columns.includes(column.name));
  const parts = statesOf(live, table).map(
    ([name, state]) => `SELECT ${sqlText(name)} AS _table, * FROM (${liveRows(live.folder, state, chosen)})`,
  );
  if (parts.length > 0) return parts.join(' UNION ALL ');
  return `SELECT NULL::VARCHAR AS _table, ${chosen.map(nullColumn).join(', ')} WHERE false`;
}

/** A query for the keys of all samples, runs and projects (`key`). */
export function recordKeys(live: LiveTables): string {
  return (['samples', 'runs', 'projects'] as const)
    .map((table) => `SELECT key FROM (${rowsOf(live, table, ['key'])})`)
    .join(' UNION ALL ');
}

/** An expression for what names a row: its key, or the parts of its key. */
export function rowName(table: Table): string {
  return table.primaryKey.map((name) => `coalesce(${sqlName(name)}, 'NULL')`).join(` || ' ' || `);
}

/** The columns of a physical table from a query `s`, some replaced by expressions. */
export function columnsWith(state: TableState, replaced: Readonly<Record<string, string>>): string {
  const expression = ({ name }: Pick<Column, 'name'>): string => {
    const other = replaced[name];
    return other === undefined ? `s.${sqlName(name)}` : `${other} AS ${sqlName(name)}`;
  };
  return tableOf(state).columns.map(expression).join(', ');
}

/** A query that removes the live rows of a physical table whose first primary-key column is in a query's `key`. */
export function removeRows(live: LiveTables, state: TableState, keys: string): string {
  const table = tableOf(state);
  const key = sqlName(table.primaryKey[0] ?? '');
  const rows = liveRows(live.folder, state, table.columns);
  return `SELECT ${columnsWith(state, {})}, true AS _deleted FROM (${rows}) AS s WHERE s.${key} IN (SELECT key FROM (${keys}))`;
}

/** An expression for the instant of the check, as `updated_at` holds it. */
export function instant(live: LiveTables): string {
  return `make_timestamptz(${Date.parse(live.at)} * 1000::BIGINT)`;
}
