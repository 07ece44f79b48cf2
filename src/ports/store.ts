import type { AnnotationRow } from '../records/annotation.ts';
import type { AskedRow, OutcomeName } from '../records/asked.ts';
import type { JobRow } from '../records/job.ts';
import type { JobFileRow } from '../records/job-file.ts';
import type { RecordUnit } from '../records/record-unit.ts';
import type { Column, Row, TableName } from '../records/table.ts';

/** What became of one record in a commit. */
export type RecordChange = 'added' | 'updated' | 'unchanged';

/** Rows to remove: all of a table that have this key. */
export interface Removal {
  readonly table: TableName;
  readonly key: string;
  /** Of annotations: the one of this name only. */
  readonly name?: string;
}

/** Rows added, changed and removed in one physical table. */
export interface RowCounts {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
}

/** Rows of records that were written, by physical table (`GEO_SAMPLES`); tables about jobs are left out. */
export type Written = Readonly<Record<string, RowCounts>>;

/** A row of a job: of itself (`below` is empty), or of one below it (`2`, `2.1`). */
export interface JobWrite {
  readonly below: string;
  readonly row: Omit<JobRow, 'number' | 'parent'>;
}

/** The job that a commit belongs to, and what it writes about it. */
export interface JobChange {
  /** Number of the job: `7`; null: the commit gives it the next one, and its report says which. */
  readonly number: string | null;
  /** Which of its rows the files and counts belong to: empty is the job itself, `2` the one of that number below it. */
  readonly self: string;
  readonly rows: readonly JobWrite[];
  /** What it read and wrote. */
  readonly files: readonly Omit<JobFileRow, 'job'>[];
  /**
   * What earlier commits of the job wrote. When given, the sum with this commit is put into the row of the job, and becomes
   * its outputs, one per table.
   */
  readonly wrote?: Written;
  /** Folder of the tables as outputs name it; default `DB`. */
  readonly tablesFolder?: string;
  /** True: nothing is written about the job when the commit changes nothing else. */
  readonly onlyWithChange?: boolean;
  /** Rows of other jobs: of those whose process died. */
  readonly others?: readonly JobRow[];
}

/** One commit: units of records, ids answered by them, keys to remove. All tables together or not at all. */
export interface Change {
  readonly units: readonly RecordUnit[];
  /** Written as they are, in the same commit. */
  readonly asked: readonly AskedRow[];
  /** Notes of the user, written as they are; those that say what is stored already change nothing. */
  readonly annotations?: readonly AnnotationRow[];
  readonly remove?: readonly Removal[];
  /** The job that makes the change; absent: none. */
  readonly job?: JobChange;
  /** Name of the handler that the units come from, when all come from one; stamped into `handler` where a patch has none. */
  readonly handler?: string;
  /** When the commit is made (ISO 8601 UTC): `created_at`, `updated_at`. */
  readonly at: string;
}

/** Rows added, changed and removed in one table. */
export interface TableCounts {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** What a commit did; it is durable when this is returned. */
export interface CommitReport {
  /** Number of the manifest that holds it; the previous one when nothing changed. */
  readonly sequence: number;
  readonly tables: Readonly<Record<TableName, TableCounts>>;
  /** What became of each sample, run and project key that the units held. */
  readonly changes: ReadonlyMap<string, RecordChange>;
  /** Column names that changed, by key, for `refresh` and `--force`. */
  readonly changedColumns: ReadonlyMap<string, readonly string[]>;
  readonly written: Written;
  /** Number of the job that the change belongs to; null without one. */
  readonly job: string | null;
}

/**
 * A condition on one column, compiled to bound SQL. `like` is case-blind with `%` and `_`. `empty` holds where the row says
 * nothing: NULL, or an empty text, list or object; `filled` where it says something; both look at no value.
 */
export interface Condition {
  readonly column: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like' | 'empty' | 'filled';
  readonly value: string;
}

/** What to read of a table. */
export interface Selection {
  readonly table: TableName;
  /** All must hold. */
  readonly where?: readonly Condition[];
  /** Only rows with one of these keys (of `asked`: ids). */
  readonly within?: readonly string[];
  /** No rows with one of these keys. */
  readonly without?: readonly string[];
  /** Rows that hold this text in any text column, case-blind. */
  readonly grep?: string;
  readonly columns?: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
}

/** A plain table beside the segments. */
export interface PlainTable {
  /** `GEO_SAMPLES`. */
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  /** Rows that the plain file lacks or has too many, 0 when it is current. */
  readonly behind: number;
  /** New name of a file of somebody else that stood in its place, when one was moved aside just now. */
  readonly movedAside?: string;
}

/** Reads rows: of a store, or of a transaction as they will be. */
export interface StoreReader {
  /** Rows by key, in no order; unknown keys are absent. At most a few thousand keys a call. */
  get(table: TableName, keys: readonly string[]): Promise<Row[]>;
  /** Rows whose `parent` (files, runs) or `key` (links) is one of these. */
  getByParent(table: 'files' | 'runs' | 'links', parents: readonly string[]): Promise<Row[]>;
  /** Rows in batches, sorted by key. */
  select(selection: Selection): AsyncIterable<Row[]>;
  /** Number of rows that a selection has. */
  count(selection: Selection): Promise<number>;
  /** Which of these ids are answered, by id. */
  asked(ids: readonly string[]): Promise<Map<string, AskedRow>>;
  /** Keys of the records that have one of these names (their key, or an identity link), by name. */
  resolve(names: readonly string[]): Promise<Map<string, string[]>>;
  /** Number of runs and files of these samples or projects, by key. */
  countChildren(keys: readonly string[]): Promise<Map<string, { runs: number; files: number }>>;
  /** Number of rows per outcome, for `stats`. */
  outcomes(): Promise<Map<OutcomeName, number>>;
}

/** Reads rows and commits changes: a store, or a transaction, whose changes become durable together at its end. */
export interface ReadWrite extends StoreReader {
  /** In a store: commits the change durably. In a transaction: stages it; later reads of the transaction see it. */
  commit(change: Change): Promise<CommitReport>;
}

/**
 * Changes that become durable together or not at all. Others do not see them before; the transaction sees its own, over the
 * tables as they were when it began. What other processes commit meanwhile is merged at the end. A change that is refused
 * leaves the transaction as it was. Every call after the end is a `StoreError('transaction')`. The `sequence` of what is
 * staged is that of the manifest that it began on.
 */
export interface Transaction extends ReadWrite {
  /** False once it has ended, or the one around it. */
  readonly isOpen: boolean;
  /** Marks a point to come back to. A name that is in use is marked anew, as in SQL. */
  savepoint(name: string): Promise<void>;
  /** Forgets what was staged after the savepoint; the savepoint stays. An unknown name is a `StoreError('transaction')`. */
  rollbackTo(name: string): Promise<void>;
  /** Drops a savepoint and those after it; what was staged stays. */
  release(name: string): Promise<void>;
  /**
   * Work that fails alone: a savepoint of its own, to which an error inside comes back before it is thrown on. While it
   * runs, the outer transaction can only be read or rolled back.
   */
  transaction<T>(work: (inner: Transaction) => Promise<T>): Promise<T>;
  /**
   * Makes everything durable with one manifest, and ends the transaction; of one inside another: keeps what was staged. When
   * it throws, nothing happened: `StoreError('deadlock')` when others kept changing the same rows.
   */
  end(): Promise<CommitReport>;
  /** Forgets everything, and ends the transaction. */
  rollback(): Promise<void>;
}

/** What a storage back end can do beyond reading and committing. */
export interface StoreAbilities {
  /** Tables outlive the process. */
  readonly durable: boolean;
  /** Several processes may write at once. */
  readonly concurrent: boolean;
  readonly transactions: boolean;
  readonly savepoints: boolean;
  /** A commit says what became of each record. */
  readonly returning: boolean;
}

/** The storage back end. Opens lazily at the first call. */
export interface Store extends ReadWrite {
  /** What it can do. */
  readonly abilities: StoreAbilities;
  /** Begins a transaction; the store itself can be read and written meanwhile, as by anybody else. */
  begin(): Promise<Transaction>;
  /** Does a work in a transaction, which ends with it; an error inside rolls it back and is thrown on. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Columns of a table: its own, then those that plug-ins added or declare. */
  columns(table: TableName): Promise<readonly Column[]>;
  /** Merges small segments; cheap when there is nothing to do. */
  compact(): Promise<void>;
  /** Writes the plain tables of `DB/` that are behind. `force`: whatever it costs. */
  publish(options?: { force?: boolean }): Promise<readonly PlainTable[]>;
  /** State of the plain tables. */
  plainTables(): Promise<readonly PlainTable[]>;
  /** Rolls back open transactions and gives up handles; idempotent. */
  close(): Promise<void>;
}
