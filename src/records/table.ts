/**
 * What a column may hold.
 * `text` string (`length`: at most so many characters), `bigint` 64-bit integer (JavaScript `bigint`), `integer` 32-bit
 * integer (`number`), `float` finite 64-bit number (`number`), `decimal` exact number (text such as `12.50` in JavaScript,
 * `precision` digits of which `scale` after the point, default 10 and 2), `boolean`,
 * `json` any JSON value (an object in JavaScript, JSON text in Parquet), `list` list of text,
 * `timestamp` an instant (ISO 8601 text in UTC with milliseconds in JavaScript, TIMESTAMPTZ in Parquet),
 * `date` (`2026-11-21`), `time` of a day without a zone (`09:30:00`, to the microsecond), `uuid` (lower-case text).
 */
export type ColumnType =
  | 'text'
  | 'bigint'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'boolean'
  | 'json'
  | 'list'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'uuid';

/** Name and type of a column, with the parameters of the type. */
export interface ColumnShape {
  readonly name: string;
  readonly type: ColumnType;
  /** Of `text`: most characters; default any number. */
  readonly length?: number;
  /** Of `decimal`: digits in all, 1 to 38; default 10. */
  readonly precision?: number;
  /** Of `decimal`: digits after the point, 0 to `precision`; default 2. */
  readonly scale?: number;
}

/** One column of a table. NULL always means "the source did not say". */
export interface Column extends ColumnShape {
  /** What it means, with unit and origin (archive, endpoint, field). */
  readonly doc: string;
  /** True when every row has a value. */
  readonly required?: true;
}

/** A table: its name, its columns in file order, and the columns that identify a row. */
export interface Table {
  readonly name: TableName;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** True when there is one file per source (`GEO_SAMPLES`), false when there is one for the project (`LINKS`). */
  readonly perSource: boolean;
}

/** The names of the tables. */
export type TableName =
  | 'samples'
  | 'runs'
  | 'projects'
  | 'files'
  | 'links'
  | 'asked'
  | 'annotations'
  | 'jobs'
  | 'job_files';

/** Any value that a cell can hold in JavaScript. */
export type CellValue = string | number | bigint | boolean | null | readonly string[] | JsonObject;

/** A JSON object cell: attribute name to list of values, in the source's own words and order. */
export type JsonObject = { readonly [name: string]: readonly string[] };

/** A row in general form; every record type is one. */
export type Row = Readonly<Record<string, CellValue>>;

/**
 * What a source said about one record: the key columns, and those columns that were fetched.
 * An absent property was not fetched (the stored value is kept), `null` was asked and not said (it overwrites).
 */
export type Patch<R, K extends keyof R> = Pick<R, K> & Partial<R>;

/** The provenance columns that end every archive table; they are ignored when two rows are compared. */
export const PROVENANCE_COLUMNS: readonly Column[] = [
  { name: 'handler', type: 'text', doc: 'Name of the handler that fetched the record.' },
  { name: 'fetched_at', type: 'timestamp', doc: 'When the stored values were fetched from the archive (UTC).' },
  { name: 'response_hash', type: 'text', doc: "SHA-256 (hex) of the record's own canonical source fragment." },
  { name: 'created_at', type: 'timestamp', doc: 'When the row first entered this project (UTC).' },
  { name: 'updated_at', type: 'timestamp', doc: 'When the row last changed in this project (UTC).' },
];

/** The provenance of a row. */
export interface Provenance {
  handler: string | null;
  fetched_at: string | null;
  response_hash: string | null;
  created_at: string | null;
  updated_at: string | null;
}
