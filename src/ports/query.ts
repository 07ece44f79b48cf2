import type { Column, Row } from '../records/table.ts';

/** The answer of a query, streamed. */
export interface QueryAnswer {
  /** Columns in order; the type is DuckDB's, as text. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows in batches; values as in records, other DuckDB types as text or JSON values. */
  rows(): AsyncIterable<Row[]>;
}

/** A view that queries can read. */
export interface ViewInfo {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly Column[];
}

/** Read-only SQL over the project's tables: views samples, runs, projects, files, links, asked. */
export interface Query {
  /** Runs one SELECT-like statement with bound parameters ($1, $2, …). `StoreError('query')` names what is refused. */
  run(sql: string, parameters?: readonly string[], options?: { timeoutMs?: number }): Promise<QueryAnswer>;
  /** Writes the answer of one SELECT-like statement to a Parquet file (ZSTD). */
  writeParquet(sql: string, parameters: readonly string[], path: string): Promise<void>;
  /** The views with their columns. */
  views(): readonly ViewInfo[];
  close(): Promise<void>;
}
