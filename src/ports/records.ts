import type { AnnotationRow } from '../records/annotation.ts';
import type { FilePatch, FileRow } from '../records/file.ts';
import type { ProjectPatch, ProjectRow } from '../records/project.ts';
import type { RunPatch, RunRow } from '../records/run.ts';
import type { SamplePatch, SampleRow } from '../records/sample.ts';
import type { ReadWrite, Selection } from './store.ts';

/** Which rows to list; all of them when it is empty. */
export type Filters = Pick<Selection, 'where' | 'grep' | 'limit' | 'offset'>;

/** What identifies a note. */
export type AnnotationKey = Pick<AnnotationRow, 'key' | 'name'>;

/**
 * The rows of one table, typed. Every write is checked first: a value of a wrong type is a `StoreError('type_conversion')`,
 * a missing column or one that is not there a `StoreError('integrity')`; both name table, row and column, and nothing is
 * written. `created_at` is when the row was created and stays, `updated_at` moves with every change.
 */
export interface Repository<R, N, K = string> {
  /** Adds a row and gives it whole. A key that is there is a `StoreError('integrity')`. */
  create(record: N): Promise<R>;
  /** The row of a key; null when there is none. */
  get(key: K): Promise<R | null>;
  /** Rows one by one, sorted by key. */
  list(filters?: Filters): AsyncIterable<R>;
  /**
   * Changes the columns that are given (`null` empties one) and gives the row whole; the key stays. A key that is not there
   * is a `StoreError('integrity')`. The runs that a sample lists are united with the stored ones.
   */
  update(key: K, patch: Partial<N>): Promise<R>;
  /**
   * Removes the row of a key, with the answers that it gave; false when there is none. A project or sample with others below
   * it goes only with `cascade`, and then with all of them. Notes about what goes stay.
   */
  delete(key: K, options?: { readonly cascade?: boolean }): Promise<boolean>;
}

/** One repository per table. */
export interface Repositories {
  readonly samples: Repository<SampleRow, SamplePatch>;
  readonly runs: Repository<RunRow, RunPatch>;
  readonly projects: Repository<ProjectRow, ProjectPatch>;
  readonly files: Repository<FileRow, FilePatch>;
  readonly annotations: Repository<AnnotationRow, AnnotationKey & Pick<AnnotationRow, 'value'>, AnnotationKey>;
  /** The same tables as a transaction sees and changes them. */
  within(transaction: ReadWrite): Repositories;
}
