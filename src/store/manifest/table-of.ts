import { extendedTable } from '../../records/extended-table.ts';
import type { HandlerColumns } from '../../records/plugin-column.ts';
import type { Column, ColumnShape, Table } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { Manifest, TableState } from './manifest.ts';
import { declaredColumns } from './plugin-shape.ts';

export { extendedTable } from '../../records/extended-table.ts';

/** The table that a physical table (`CUSTOM_SAMPLES`) is: the columns of every source, and its own. */
export function tableOf(state: Pick<TableState, 'table' | 'extra'>): Table {
  return extendedTable(TABLES[state.table], state.extra);
}

/**
 * A table over all sources: its columns, then the further ones of each source, each name once; those that handlers declare
 * and no row has yet come last.
 */
export function unitedTable(
  manifest: Pick<Manifest, 'tables'>,
  name: Table['name'],
  declared: readonly HandlerColumns[] = [],
): Table {
  const extra = new Map<string, ColumnShape & Partial<Column>>();
  for (const state of Object.values(manifest.tables)) {
    if (state.table !== name) continue;
    for (const column of state.extra) if (!extra.has(column.name)) extra.set(column.name, column);
  }
  for (const { column } of declaredColumns(declared, null, name)) {
    extra.set(column.name, { doc: column.doc, ...(extra.get(column.name) ?? column) });
  }
  return extendedTable(TABLES[name], [...extra.values()]);
}
