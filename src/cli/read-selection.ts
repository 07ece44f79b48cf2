import type { Selection, Store } from '../ports/store.ts';
import type { Table, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { separateNotes } from './note-conditions.ts';
import { findColumn, parseCondition } from './parse-condition.ts';

/** Rows of a table as a command line asks for them. */
export interface SelectionWords {
  readonly table: TableName;
  /** Conditions as they were given; which columns there are, the project knows. */
  readonly where: readonly string[];
  /** Columns as they were given; absent: all. */
  readonly columns?: readonly string[];
  readonly grep?: string;
  readonly limit?: number;
}

/** What is meant, with the columns of the table, those of plug-ins among them. Names of notes do like columns in conditions. */
export async function readSelection(
  { table: name, where: texts, columns: names, ...more }: SelectionWords,
  store: Pick<Store, 'columns' | 'select' | 'count'>,
): Promise<{ readonly selection: Selection; readonly table: Table }> {
  const table = { ...TABLES[name], columns: await store.columns(name) };
  const { where, ...notes } = await separateNotes(texts, table, store);
  const columns = names?.map((column) => findColumn(column, table).name);
  const selection = {
    table: name,
    ...(where.length === 0 ? {} : { where: where.map((text) => parseCondition(text, table)) }),
    ...more,
    ...(columns === undefined ? {} : { columns }),
    ...notes,
  };
  return { selection, table };
}
