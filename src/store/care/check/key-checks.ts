import type { TableName } from '../../../records/table.ts';
import { TABLES } from '../../../records/tables.ts';
import { segmentsOf, type TableState } from '../../manifest/manifest.ts';
import { tableOf } from '../../manifest/table-of.ts';
import { columnList, sqlName, sqlText } from '../../segments/column-sql.ts';
import { SEGMENT_INDEX, segmentRows } from '../../segments/live-rows.ts';
import { type LiveTables, type RowCheck, removeRows, rowName, rowsOf, statesOf } from './row-check.ts';

const ALL = Object.keys(TABLES) as TableName[];

/** Tables that have one file per source, so that a key may be in several. */
const PER_SOURCE = ALL.filter((name) => TABLES[name].perSource);

/**
 * All rows of a table with the layer that they are in: the base is one, each delta one. A key is in a layer once, and the
 * newest layer counts.
 */
function layeredRows(live: LiveTables, state: TableState): string {
  const rows = segmentRows(live.folder, tableOf(state), segmentsOf(state));
  const layer = `CASE WHEN ${SEGMENT_INDEX} < ${state.base.length} THEN -1 ELSE ${SEGMENT_INDEX}::INTEGER END`;
  return `SELECT *, ${layer} AS _layer FROM (${rows})`;
}

/** Keys that their newest layer holds more than once (`_copies`). */
function repeatedKeys(live: LiveTables, state: TableState): string {
  const key = columnList(tableOf(state).columns.filter(({ name }) => tableOf(state).primaryKey.includes(name)));
  const counted = `SELECT ${key}, _layer, count(*) AS _copies FROM (${layeredRows(live, state)}) GROUP BY ${key}, _layer`;
  const newest = `QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY _layer DESC) = 1`;
  return `SELECT * FROM (SELECT * FROM (${counted}) ${newest}) WHERE _copies > 1`;
}

/** The column that tells which of two rows is newer; a link is never newer. */
function stampOf(state: TableState): string {
  const names = tableOf(state).columns.map(({ name }) => name);
  return sqlName(['updated_at', 'answered_at'].find((name) => names.includes(name)) ?? names[0] ?? '');
}

/** A key that a table holds more than once. */
export const DUPLICATE_KEY: RowCheck = {
  name: 'duplicate_key',
  severity: 'error',
  reads: [],
  repair: 'the newest row stays',
  find: (live) =>
    ALL.flatMap((table) =>
      statesOf(live, table).map(
        ([name, state]) =>
          `SELECT ${sqlText(name)} AS _table, ${rowName(TABLES[table])} AS _row, ${sqlText(TABLES[table].primaryKey[0] ?? '')} AS _column,
            'there are ' || _copies || ' rows of this key' AS _detail FROM (${repeatedKeys(live, state)})`,
      ),
    ),
  mend: (live, _name, state) => {
    const table = tableOf(state);
    const key = table.primaryKey.map(sqlName).join(', ');
    const repeated = `SELECT s.* FROM (${layeredRows(live, state)}) AS s SEMI JOIN (${repeatedKeys(live, state)}) AS d USING (${key}, _layer)`;
    const newest = `QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${stampOf(state)} DESC NULLS LAST, ${SEGMENT_INDEX} DESC) = 1`;
    return `SELECT ${columnList(table.columns)}, false AS _deleted FROM (SELECT * FROM (${repeated}) ${newest})`;
  },
};

/** Keys of a table that several sources hold, with their rank by age: `key`, `_table`, `_rank` (1 is the newest), `_tables`. */
function sharedKeys(live: LiveTables, table: TableName): string {
  const rows = rowsOf(live, table, ['key', 'updated_at']);
  return `SELECT key, _table, row_number() OVER w AS _rank, count(*) OVER (PARTITION BY key) AS _copies,
      first_value(_table) OVER w AS _newest
    FROM (SELECT _table, key, max(updated_at) AS updated_at FROM (${rows}) GROUP BY _table, key)
    WINDOW w AS (PARTITION BY key ORDER BY updated_at DESC NULLS LAST, _table) QUALIFY _copies > 1`;
}

/** A key that the tables of two sources hold. */
export const KEY_OF_TWO_SOURCES: RowCheck = {
  name: 'key_of_two_sources',
  severity: 'error',
  reads: PER_SOURCE,
  repair: 'the newest row stays',
  find: (live) =>
    PER_SOURCE.filter((table) => statesOf(live, table).length > 1).map(
      (table) =>
        `SELECT _table, key AS _row, 'key' AS _column, 'a newer row of this key is in ' || _newest AS _detail
          FROM (${sharedKeys(live, table)}) WHERE _rank > 1`,
    ),
  mend: (live, name, state) => {
    if (!PER_SOURCE.includes(state.table) || statesOf(live, state.table).length < 2) return null;
    const older = `SELECT key FROM (${sharedKeys(live, state.table)}) WHERE _rank > 1 AND _table = ${sqlText(name)}`;
    return removeRows(live, state, older);
  },
};
