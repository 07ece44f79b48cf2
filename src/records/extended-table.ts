import { typeName } from './sql-type.ts';
import type { Column, ColumnShape, Table } from './table.ts';

/** Tables with further columns, by their name and those columns: the same object for the same columns. */
const EXTENDED = new Map<string, Table>();

/** A table with the columns that a plug-in adds to it, after its own. */
export function extendedTable(table: Table, extra: readonly (ColumnShape & Partial<Column>)[]): Table {
  if (extra.length === 0) return table;
  const id = `${table.name} ${extra.map((column) => `${column.name}:${typeName(column)}:${column.doc ?? ''}`).join('\n')}`;
  const known = EXTENDED.get(id);
  if (known !== undefined) return known;
  const columns = extra.map(
    (column): Column => ({ doc: 'Column of a plug-in that is not registered now.', ...column }),
  );
  const extended = { ...table, columns: [...table.columns, ...columns] };
  EXTENDED.set(id, extended);
  return extended;
}
