import type { ColumnShape } from './table.ts';

/** The tables to which a handler may add columns: those with one file per source. */
export const EXTENSIBLE_TABLES = ['samples', 'runs', 'projects', 'files'] as const;

/** One of the tables to which a handler may add columns. */
export type ExtensibleTable = (typeof EXTENSIBLE_TABLES)[number];

/** A column that a handler adds to a table of its source: lower-case letters, digits and underscores, NULL where not said. */
export interface PluginColumn extends ColumnShape {
  /** What it means, with unit and origin. */
  readonly doc: string;
}

/** Columns that a handler adds, by table. */
export type AddedColumns = Readonly<Partial<Record<ExtensibleTable, readonly PluginColumn[]>>>;

/** What one registered handler adds to the tables of its source; nothing is a statement too: a column may have gone. */
export interface HandlerColumns {
  readonly handler: string;
  readonly source: string;
  readonly columns: AddedColumns;
}
