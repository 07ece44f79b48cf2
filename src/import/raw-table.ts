/** A row as a file holds it. */
export interface RawRow {
  /** Line of a text file (the header is 1), number of a row elsewhere. */
  readonly line: number;
  /** By column, as the format gives them: text, numbers, lists, objects; null or absent: nothing. */
  readonly cells: Readonly<Record<string, unknown>>;
  /** Why the row cannot be read; null when it can. */
  readonly problem: string | null;
}

/** A file as a table, read in batches. */
export interface RawTable {
  readonly columns: readonly string[];
  rows(): AsyncIterable<readonly RawRow[]>;
}

/** Rows of a batch, at most: what is merged and committed at once. */
export const BATCH_ROWS = 4000;
