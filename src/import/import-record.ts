import type { Row, TableName } from '../records/table.ts';

/** One record that a row of a file brings. An absent column was not said. */
export interface ImportRecord {
  readonly table: TableName;
  readonly row: Row;
}

/** What a row of a file brings, the record that it is about first; or why it is refused. */
export type ReadRow =
  | { readonly records: readonly ImportRecord[]; readonly notes: readonly string[] }
  | { readonly key: string | null; readonly refused: string; readonly hint: string | null };

/** Turns the rows of one kind of file into records. */
export interface RowMapper {
  /** The table that the file is about. */
  readonly table: TableName;
  /** Columns that say nothing here; told once. */
  readonly ignored: readonly string[];
  read(cells: Readonly<Record<string, unknown>>): ReadRow;
}
