import type { CellValue, TableName } from '../records/table.ts';

/** One difference between two states of the tables. */
export interface Difference {
  readonly table: TableName;
  readonly key: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The column that differs, of an annotation its name; null for a row that came or went. */
  readonly column: string | null;
  /** The cell; of a row that went its title, alias or note. */
  readonly before: CellValue;
  /** The cell; of a row that came its title, alias or note. */
  readonly after: CellValue;
}

/** A state of the tables that can be compared with others. */
export interface StatePoint {
  /** Number of its manifest; 0 before the first commit. */
  readonly sequence: number;
  /** When it was made (ISO 8601 UTC); empty before the first commit. */
  readonly at: string;
  /** The command that made it; empty when it was not recorded. */
  readonly command: string;
}

/**
 * Which state is meant. `before-last`: that before the last command which changed what archives said. `at`: the newest one at
 * that moment (ms since 1970 UTC).
 */
export type StateChoice = 'newest' | 'before-last' | { readonly sequence: number } | { readonly at: number };

/** What to compare. */
export interface ComparisonOptions {
  /** Only these records, the samples and runs below them, and their files; default everything. */
  readonly keys?: readonly string[];
  /** Default those that archives fill: samples, runs, projects, files, links. */
  readonly tables?: readonly TableName[];
}

/** Compares two states: `celline diff`. */
export interface Comparison {
  /** Finds a state; a `UsageError` names the oldest one when it is not kept any more. */
  find(choice: StateChoice): Promise<StatePoint>;
  /** What changed from one state to another, by table, key and column. Provenance columns are left out. */
  diff(from: number, to: number, options?: ComparisonOptions): AsyncIterable<Difference>;
  /** Those of the keys that a sample, run or project has in one of the two states. */
  knows(from: number, to: number, keys: readonly string[]): Promise<ReadonlySet<string>>;
}
