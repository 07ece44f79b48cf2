import type { QueryParameters } from '../ports/query.ts';
import type { Selection } from '../ports/store.ts';

/** Formats of files that people and programs read as text. */
export type TextFormat = 'csv' | 'tsv' | 'json' | 'ndjson' | 'markdown';

/** Everything that can be exported to. */
export type ExportFormat = TextFormat | 'parquet' | 'xlsx';

/** What is exported: rows of a table, sorted by key, or the answer of one SELECT-like statement. */
export type ExportSource =
  | { readonly selection: Selection }
  | { readonly sql: string; readonly parameters?: QueryParameters };

/** Where to: a file, which appears under its name only when it is whole, or a place for text. */
export type ExportTarget =
  | {
      readonly path: string;
      readonly format: ExportFormat;
      /** Of Parquet; default `snappy`, which every reader knows. */
      readonly compression?: 'snappy' | 'zstd';
    }
  | { readonly write: (text: string) => Promise<void>; readonly format: TextFormat };

/** A text that was longer than a cell of a spreadsheet can be. */
export interface CutCell {
  /** The first cell of its row. */
  readonly row: string;
  readonly column: string;
  /** Characters (UTF-16 units) that it had. */
  readonly length: number;
}

/** What an export wrote. */
export interface ExportReport {
  readonly rows: number;
  /** Size of the file; null where there is none. */
  readonly bytes: number | null;
  /** Texts that were cut, with their number; only a spreadsheet cuts. */
  readonly cut: { readonly count: number; readonly first: readonly CutCell[] };
}
