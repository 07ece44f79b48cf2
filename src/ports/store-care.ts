import type { HandlerColumns } from '../records/plugin-column.ts';
import type { Comparison } from './comparison.ts';

/** One manifest of the history. */
export interface HistoryEntry {
  /** Number of the manifest. */
  readonly sequence: number;
  /** When it was made (ISO 8601 UTC). */
  readonly at: string;
  /** `user@machine`; empty when it was not recorded. */
  readonly by: string;
  /** The command line without the program; empty when it was not recorded. */
  readonly command: string;
  readonly job: string | null;
  /** What it was made for: `commit`, `compaction`, `rollback`, `restore`, `migration`, `repair`; null when it was not recorded. */
  readonly kind: string | null;
  /** Rows added, changed and removed by physical table (`GEO_SAMPLES`). */
  readonly tables: Readonly<Record<string, { added: number; updated: number; removed: number }>>;
  /** Rows of all tables after it. */
  readonly rows: number;
  /** True when `db rollback` can go back to it for as long as it is kept: its segments are there. */
  readonly isKept: boolean;
}

/** What going back did. */
export interface RollbackReport {
  /** Manifest gone back to, and the newest one, which shows its tables; with `dryRun` the newest as it is. */
  readonly to: number;
  readonly sequence: number;
  /** Rows before and after, by physical table that differs. */
  readonly tables: Readonly<Record<string, { before: number; after: number }>>;
}

/** What a collection of garbage removed, or would. */
export interface GarbageReport {
  readonly segments: number;
  readonly bytes: number;
  readonly temporary: number;
  /** Pins of dead processes. */
  readonly pins: number;
}

/** The past of the tables: `celline db log`, `rollback`, `gc`. */
export interface History {
  /** Newest first; numbers whose manifest is only a stub are left out. */
  log(options?: { readonly limit?: number; readonly compactions?: boolean }): AsyncIterable<HistoryEntry>;
  /**
   * Shows the tables of an older manifest again, as a new commit. Annotations and jobs keep their present rows; `all`
   * also brings the annotations back. Refuses while a job runs, unless `force`. `dryRun`: only says what would differ.
   * A number that is not kept is a `UsageError` that names those that are.
   */
  rollback(
    to: number,
    options?: { readonly all?: boolean; readonly force?: boolean; readonly dryRun?: boolean },
  ): Promise<RollbackReport>;
  /** Removes what nothing names any more. `dryRun`: only counts. */
  collectGarbage(options?: { readonly dryRun?: boolean }): Promise<GarbageReport>;
}

/** What a checkpoint did to one table. */
export interface CheckpointRow {
  /** Physical name: `GEO_SAMPLES`. */
  readonly name: string;
  /** Rows that are there. */
  readonly rows: number;
  /** Segments before and after. */
  readonly segments: { readonly before: number; readonly after: number };
  /** Rows that the plain table lacked; null when plain tables are turned off. */
  readonly behind: number | null;
  /** The plain table; null when they are turned off. */
  readonly path: string | null;
  /** New name of a file of somebody else that stood in its place. */
  readonly movedAside: string | null;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** One step between two versions of the store. */
export interface MigrationInfo {
  readonly version: number;
  readonly name: string;
  readonly says: string;
  /** True when the store has it. */
  readonly isApplied: boolean;
}

/** A migration of the project's own: a file of `migrations/`, for columns of plug-ins. */
export interface ProjectMigrationInfo {
  /** The file's name without `.json`: `0001-custom-score`. */
  readonly name: string;
  readonly path: string;
  readonly says: string;
  /** `pending`: some rows have not been through it; `done`: all have; `empty`: its tables have no rows. */
  readonly state: 'pending' | 'done' | 'empty';
}

/** A column that a plug-in added. */
export interface PluginColumnInfo {
  /** Physical table: `CUSTOM_SAMPLES`. */
  readonly table: string;
  readonly column: string;
  /** Name of the handler; empty when it was not recorded. */
  readonly handler: string;
  /** Type in the table; null when no row was written since it is declared. */
  readonly stored: string | null;
  /** Type that the handler declares; null when it does not. */
  readonly declared: string | null;
  /** `removed` and `retyped` need a migration; `unused`: its handler is not registered now. */
  readonly state: 'current' | 'new' | 'unused' | 'removed' | 'retyped';
}

/** A file that a newer celline wrote. */
export interface NewerFile {
  readonly path: string;
  readonly format: number;
}

/** Where a store stands. */
export interface MigrationStatus {
  /** Null: there is no store yet. */
  readonly version: number | null;
  /** The version that this celline writes. */
  readonly current: number;
  readonly migrations: readonly MigrationInfo[];
  readonly project: readonly ProjectMigrationInfo[];
  readonly columns: readonly PluginColumnInfo[];
  /** Files that this celline does not touch. */
  readonly newer: readonly NewerFile[];
}

/** What a migration does, or did. */
export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  /** In order; `name` is the version, or the name of a migration of the project. */
  readonly steps: readonly { readonly name: string; readonly direction: 'up' | 'down'; readonly says: string }[];
  /** Rows rewritten, or to be, by physical table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Name of the backup that was taken before; null with `dryRun`, or when there was nothing to do. */
  readonly backup: string | null;
}

/** Versions of the store: `celline db status`, `migrate`. */
export interface Migrations {
  status(): Promise<MigrationStatus>;
  /**
   * To the newest version with the project's own migrations, or to version `to`. A backup is taken before. `dryRun` only
   * says what would be done. A version that there is not is a `UsageError`.
   */
  migrate(options?: { readonly to?: number; readonly dryRun?: boolean }): Promise<MigrationReport>;
  /** Writes a migration into `migrations/` for each column that its plug-in removed or retyped; gives the paths of the new files. */
  draft(): Promise<readonly string[]>;
}

/** A backup as `celline db backups` lists it. */
export interface BackupInfo {
  /** Its folder's name: `20261121T093000Z-1`. */
  readonly name: string;
  readonly path: string;
  readonly at: string;
  /** Why it was taken: `manual`, `before migration`, `before restore`. */
  readonly reason: string;
  /** Number of the manifest that it holds. */
  readonly sequence: number;
  readonly version: number;
  readonly rows: number;
  readonly bytes: number;
}

/** A damaged or missing file of a backup. */
export interface BackupDamage {
  readonly path: string;
  readonly reason: string;
}

/** Copies of the tables: `celline db backup`, `restore`, `backups`. */
export interface Backups {
  /** Copies the newest state. `keep`: afterwards the newest so many stay, older ones go. */
  create(options?: { readonly reason?: string; readonly keep?: number; readonly to?: string }): Promise<BackupInfo>;
  /** Those in the folder `from` (default: the project's), newest first; damaged ones too, as far as they can be read. */
  list(options?: { readonly from?: string }): Promise<readonly BackupInfo[]>;
  /** Compares every byte with its checksum; empty when it is whole. A backup is named by its name or its absolute path. */
  verify(name: string): Promise<readonly BackupDamage[]>;
  /**
   * Makes a backup's tables the newest state, as a new commit; refuses a damaged one. What it replaces is kept as a
   * backup, or, when it cannot be read, moved aside. Annotations and jobs keep their present rows unless `all`.
   */
  restore(name: string, options?: { readonly all?: boolean; readonly force?: boolean }): Promise<RestoreReport>;
}

/** What a restore did. */
export interface RestoreReport extends RollbackReport {
  /** Path of what it replaced: a backup, or a store that was moved aside; null: there was nothing. */
  readonly kept: string | null;
  /** What the user should know besides, as whole sentences. */
  readonly notes: readonly string[];
}

/** One thing that is not as it should be. */
export interface Finding {
  /** Stable name of the check: `orphan_run`, `duplicate_key`, … */
  readonly check: string;
  /** `error`: data are lost or contradict themselves; `warning`: odd, but kept as the archive said it. */
  readonly severity: 'error' | 'warning';
  /** Physical table (`GEO_SAMPLES`), or null for files of the store. */
  readonly table: string | null;
  /** Key of the row, or path of the file. */
  readonly row: string | null;
  readonly column: string | null;
  readonly detail: string;
  /** What `--repair` does about it; null when only a person can tell. */
  readonly repair: string | null;
}

/** How thoroughly to look. */
export interface CheckOptions {
  /** Only manifests, and sizes of segments: some milliseconds, whatever the tables hold. */
  readonly isQuick?: boolean;
}

/** What became of a finding. */
export interface Repaired {
  readonly finding: Finding;
  /** What was done, or why nothing was. */
  readonly done: string;
}

/** Looks for damage and contradictions: `celline db check`. */
export interface Integrity {
  /** Findings as they come, the files first; one state of the tables, whatever others commit meanwhile. */
  check(options?: CheckOptions): AsyncIterable<Finding>;
  /**
   * Does what is safe about the findings, and says for each what was done. Rows are mended of all that the same checks find
   * now, so that some findings of a check are enough; with one commit, which `db rollback` undoes.
   */
  repair(findings: readonly Finding[]): Promise<readonly Repaired[]>;
}

/** Columns that the registered handlers add to tables of their sources: one entry per handler, also of those that add none. */
export type PluginColumns = readonly HandlerColumns[];

/** How commits get their number. */
export interface CommitProtocol {
  /** `link`: hard links, side by side; `lock`: one after the other under a lock file. Chosen when the store was made. */
  readonly protocol: 'link' | 'lock';
  /** Why it is not hard links, as a clause. */
  readonly because: string | null;
  /** Name of the file system when it is one that machines share: `NFS`. */
  readonly fileSystem: string | null;
  /** What is wrong with hard links in this folder now, as a clause; null when they work, or are not needed. */
  readonly fault: string | null;
}

/** Everything that looks after the tables of a durable store. */
export interface StoreCare {
  /**
   * Merges all segments of the tables and brings their plain files up to date, whatever it costs; table by table, as each
   * is done. `names`: `samples` or `GEO_SAMPLES`, default all; a name that is none is a `UsageError`.
   */
  checkpoint(names?: readonly string[]): AsyncIterable<CheckpointRow>;
  readonly integrity: Integrity;
  readonly history: History;
  /** How commits get their number, tried anew; null when there is no store yet. */
  protocol(): Promise<CommitProtocol | null>;
  readonly migrations: Migrations;
  readonly backups: Backups;
  readonly comparison: Comparison;
  close(): Promise<void>;
}
