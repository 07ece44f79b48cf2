import type { TableName } from '../records/table.ts';

/** How tables are imported. */
export interface ImportOptions {
  /** Authority of rows that name none; default `LOCAL`, so that samples are in `DB/LOCAL_SAMPLES.parquet`. */
  readonly source?: string;
  /** Table of every file; default: told by its name and its columns. */
  readonly table?: TableName;
  /** All rows of all files, or none when one is refused. */
  readonly atomic?: boolean;
  /** Says what would be done and changes nothing. */
  readonly dryRun?: boolean;
  /** Overwrites what an archive said. Without it only what no archive said is filled in. */
  readonly force?: boolean;
  /**
   * The bytes that `-` among the paths stands for. Without it descriptor 0 is read, which fails where that is a terminal or a
   * pipe that Node has made non-blocking: hand in `process.stdin`.
   */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Hears of every row, column and file that was not taken, in order. */
  readonly onProblem?: (problem: ImportProblem) => Promise<void> | void;
}

/** What was not taken, and why. */
export interface ImportProblem {
  readonly file: string;
  /** Line of a text file (the header is 1), number of a row of Parquet or JSON; null for the file as a whole. */
  readonly line: number | null;
  readonly key: string | null;
  readonly reason: string;
  /** What to do instead; null when the reason says it. */
  readonly hint: string | null;
  /** `row`: the row was refused; `file`: all of it; `note`: something of it was left out. */
  readonly kind: 'row' | 'file' | 'note';
}

/** What became of one file. */
export interface ImportReport {
  readonly file: string;
  /** Null when the file was refused. */
  readonly table: TableName | null;
  /** Rows that the file holds. */
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Values that were not taken because an archive says otherwise. */
  readonly kept: number;
}
