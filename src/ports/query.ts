import type { Column, Row } from '../records/table.ts';

/** Values of a statement's parameters, always bound: in order for `$1, $2, …`, by name for `$tissue`. */
export type QueryParameters = readonly string[] | Readonly<Record<string, string>>;

/** How one query is run. */
export interface RunOptions {
  /** Milliseconds of DuckDB's work after which it is stopped; default as the configuration says. */
  readonly timeoutMs?: number;
  /** Stops this query when it aborts; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a Parquet file is written. */
export interface ParquetOptions extends RunOptions {
  /** Default `zstd`. */
  readonly compression?: 'zstd' | 'snappy';
  /** Texts for the footer by name (`parquet_kv_metadata` shows them); default none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The answer of a query, streamed. */
export interface QueryAnswer {
  /** Columns in order; the type is DuckDB's, as text. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows in batches; values as in records, other DuckDB types as text or JSON values. */
  rows(): AsyncIterable<Row[]>;
  /** Milliseconds that DuckDB has worked so far; what the reader of the rows takes is not counted. */
  engineMs(): number;
}

/** A view that queries can read. */
export interface ViewInfo {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly Column[];
}

/** A parameter of a named query. */
export interface NamedParameter {
  /** Without the dollar sign. */
  readonly name: string;
  /** Null: it must be given. */
  readonly defaultValue: string | null;
  /** Empty when the file does not say. */
  readonly doc: string;
}

/** A query of the project: `queries/brain.sql` is `brain`. */
export interface NamedQuery {
  readonly name: string;
  readonly path: string;
  /** What its first comment lines say; empty when there are none. */
  readonly doc: string;
  /** Parameters that its comment lines tell of (`-- $tissue=brain what is looked for`). */
  readonly parameters: readonly NamedParameter[];
  readonly sql: string;
}

/** A query that took longer than `query.slow`. */
export interface SlowQuery {
  /** When it ended (ISO 8601 UTC). */
  readonly at: string;
  /** Milliseconds of DuckDB's work. */
  readonly ms: number;
  readonly rows: number;
  /** `answered`, `left` by the reader, or `stopped` by a failure, the time-out or the user. */
  readonly outcome: 'answered' | 'left' | 'stopped';
  /** The statement, cut after 2,000 characters; values of parameters are never kept. */
  readonly sql: string;
}

/** Read-only SQL over the project's tables: views samples, runs, projects, files, links, asked, annotations. */
export interface Query {
  /** Runs one SELECT-like statement with bound parameters. `StoreError('query')` names what is refused. */
  run(sql: string, parameters?: QueryParameters, options?: RunOptions): Promise<QueryAnswer>;
  /** Writes the answer of one SELECT-like statement to a Parquet file, which appears whole; gives the number of its rows. */
  writeParquet(sql: string, parameters: QueryParameters, path: string, options?: ParquetOptions): Promise<number>;
  /** Names of a statement's parameters without the dollar sign: `1`, `2`, … or words. Checks it as `run` does. */
  parametersOf(sql: string): Promise<readonly string[]>;
  /** The views with their columns. */
  views(): readonly ViewInfo[];
  /** The queries of the project's folder `queries/`, by name; empty when there is none. */
  named(): Promise<readonly NamedQuery[]>;
  /** Queries that were slower than `query.slow`, slowest first. */
  slowest(): Promise<readonly SlowQuery[]>;
  close(): Promise<void>;
}
