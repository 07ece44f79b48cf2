import type { Column, Table } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { Manifest, TableState } from './manifest.ts';

/** Tables with further columns, by their name and those columns: the same object for the same columns. */
const EXTENDED = new Map<string, Table>();

/** A table with the columns that a plug-in adds to it, after its own. */
export function extendedTable(table: Table, extra: readonly Pick<Column, 'name' | 'type'>[]): Table {
  if (extra.length === 0) return table;
  const id = `${table.name} ${extra.map(({ name, type }) => `${name}:${type}`).join(' ')}`;
  const known = EXTENDED.get(id);
  if (known !== undefined) return known;
  const columns = extra.map((column): Column => ({ doc: 'Column of a plug-in.', ...column }));
  const extended = { ...table, columns: [...table.columns, ...columns] };
  EXTENDED.set(id, extended);
  return extended;
}

/** The table that a physical table (`CUSTOM_SAMPLES`) is: the columns of every source, and its own. */
export function tableOf(state: Pick<TableState, 'table' | 'extra'>): Table {
  return extendedTable(TABLES[state.table], state.extra);
}

/** A table over all sources: its columns, then the further ones of each source, each name once. */
export function unitedTable(manifest: Manifest, name: Table['name']): Table {
  const extra = new Map<string, Pick<Column, 'name' | 'type'>>();
  for (const state of Object.values(manifest.tables)) {
    if (state.table !== name) continue;
    for (const column of state.extra) if (!extra.has(column.name)) extra.set(column.name, column);
  }
  return extendedTable(TABLES[name], [...extra.values()]);
}
