import type { DispatchPlan } from '../dispatcher/plan.ts';
import type { ExportReport, ExportSource, ExportTarget } from '../export/export-type.ts';
import type { ImportOptions, ImportReport } from '../import/import-type.ts';
import type { CacheCare } from '../ports/cache-care.ts';
import type { AccessionPattern } from '../ports/handler.ts';
import type { JobSpec, Jobs, TrackedJob } from '../ports/jobs.ts';
import type { AnyHandler, PluginPlace } from '../ports/plugin.ts';
import type { Query } from '../ports/query.ts';
import type { Repositories } from '../ports/records.ts';
import type { CellineEvent, OutcomeRow } from '../ports/reporter.ts';
import type { Condition, Store } from '../ports/store.ts';
import type { StoreCare } from '../ports/store-care.ts';
import type { FileRow } from '../records/file.ts';
import type { ProjectRow } from '../records/project.ts';
import type { RunRow } from '../records/run.ts';
import type { SampleRow } from '../records/sample.ts';
import type { AddressFacts, CheckFilesOptions } from './addresses/address-type.ts';
import type { Annotated, NoteRequest } from './annotate-records.ts';
import type { DiffOptions, StateDiff } from './compare-states.ts';
import type { HandlerTestOptions, HandlerTestResult } from './handler-test-type.ts';
import type { HttpStats, HttpStatsOptions } from './http-stats.ts';
import type { RemovalOptions, Removed } from './remove-records.ts';
import type { SearchAnswer, SearchOptions } from './search-type.ts';

export type { AddressFacts, AddressState, CheckFilesOptions } from './addresses/address-type.ts';
export type { Annotated, NoteChange, NoteRequest } from './annotate-records.ts';
export type { DiffOptions, StateDiff } from './compare-states.ts';
export type { HandlerTestOptions, HandlerTestResult } from './handler-test-type.ts';
export type { EndpointFigures, HttpStats, HttpStatsOptions } from './http-stats.ts';
export type { SearchAnswer, SearchOptions } from './search-type.ts';

/** How a command ended. */
export type Ending = Omit<Extract<CellineEvent, { type: 'ended' }>, 'type'>;

/** How ids are asked. */
export interface AddOptions {
  /** Ask the archives even for what is fresh. */
  readonly force?: boolean;
  /** Fetch also what costs extra requests: GEO texts and supplementary files of every sample, NCBI files of large projects. */
  readonly full?: boolean;
  /** Ask this handler, whoever else claims an id. */
  readonly handler?: string;
  /** Batches in flight; default from the configuration. */
  readonly concurrency?: number;
  /** Accept ranges of more than 10,000 members. */
  readonly largeRange?: boolean;
  /** All or nothing: one transaction, rolled back when an id has no good answer. Rows come at its end. */
  readonly atomic?: boolean;
  /** Stops early: what is done is committed (with `atomic`: rolled back), the rest is answered `not_tried`. */
  readonly signal?: AbortSignal;
  /** What the job is called, and which files the ids came from; default `add`. */
  readonly job?: Pick<JobSpec, 'title' | 'inputs'> & { readonly task?: string };
  /** The job of a program under which this is asked; default one of its own. */
  readonly within?: TrackedJob;
}

/** How records are removed. */
export interface RemoveOptions extends RemovalOptions {
  /** Remove nothing when one of the names is unknown. */
  readonly atomic?: boolean;
}

/** What `add` would do: ids and requests by handler, and expected seconds at the limits of the archives. */
export type AddPlan = DispatchPlan;

/** A handler as `celline handlers` shows it. */
export interface HandlerInfo {
  readonly name: string;
  readonly description: string;
  /** Position, 0 is asked first; null for one that is not asked. */
  readonly priority: number | null;
  readonly builtIn: boolean;
  /** `disabled`: the configuration leaves it out; `unavailable`: it cannot be used. */
  readonly state: 'ready' | 'disabled' | 'unavailable';
  /** Why it cannot be used; null when it can. */
  readonly unavailable: string | null;
  readonly source: string;
  readonly patterns: readonly AccessionPattern[];
  readonly hosts: readonly {
    readonly host: string;
    readonly operator: string;
    readonly perSecond: number;
    readonly source: string;
  }[];
  /** `none`, `key set`, `no key (3 requests per second; 10 with NCBI_API_KEY)`, … */
  readonly auth: string;
  readonly url: string | null;
}

/** How an id is understood and who claims it. */
export interface Resolution {
  /** The text as given. */
  readonly given: string;
  /** The accession as understood, or null. */
  readonly id: string | null;
  readonly archive: string | null;
  readonly level: string | null;
  /** Names of the handlers that claim it, first asked first. */
  readonly handlers: readonly string[];
  /** Why there is none, with the nearest form. */
  readonly reason: string | null;
}

/** Everything stored about one record. */
export interface RecordView {
  readonly kind: 'sample' | 'run' | 'project';
  readonly record: SampleRow | RunRow | ProjectRow;
  readonly links: readonly { readonly alias: string; readonly kind: string }[];
  readonly runs: readonly RunRow[];
  readonly files: readonly FileRow[];
  /** Samples of a project (keys and titles), empty otherwise. */
  readonly samples: readonly { readonly key: string; readonly title: string | null }[];
  /** The user's own, by name. */
  readonly notes: readonly { readonly name: string; readonly value: string }[];
}

/** One check of `celline doctor`. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'error' | 'skipped';
  readonly detail: string;
  readonly hint: string | null;
}

/** An open project: the one object behind the command line and the library. Opens its store, query and HTTP stack lazily. */
export interface Project {
  /** Folder that holds `celline.config.json`, `DB/` and `.cache/`. */
  readonly root: string;
  /** Asks for ids and gives one row per id as given, as soon as it is committed, in the order of answering. */
  add(ids: readonly string[], options?: AddOptions): AsyncIterable<OutcomeRow>;
  /** Says what `add` would do; makes no request. */
  plan(ids: readonly string[], options?: AddOptions): Promise<AddPlan>;
  /** Ids that were asked before (all, or those not answered well), for `refresh`. */
  askedIds(filter: { readonly all?: boolean; readonly failed?: boolean }): Promise<readonly string[]>;
  /** How ids are understood. */
  resolve(ids: readonly string[]): Promise<readonly Resolution[]>;
  /** Everything stored about the records that have this name; empty when there is none. */
  show(name: string): Promise<readonly RecordView[]>;
  /** The same for many names, in their order, looked up by the hundred. */
  showAll(names: readonly string[]): AsyncIterable<{ readonly name: string; readonly views: readonly RecordView[] }>;
  /** Files of the records that have these names: best links only, or all of them. Unknown names are listed. */
  files(
    names: readonly string[],
    options?: { readonly all?: boolean; readonly where?: readonly Condition[] },
  ): Promise<{ readonly files: readonly FileRow[]; readonly unknown: readonly string[] }>;
  /**
   * Asks the hosts of files (those that `files` gives) whether they are there and as large as stated: one row per address, in the
   * order of answering. Without credentials, past the cache; stores nothing. Throws a `UsageError` offline and with a recording
   * that answers.
   */
  checkFiles(files: readonly FileRow[], options?: CheckFilesOptions): AsyncIterable<AddressFacts>;
  /** Removes records by any of their names. Gives the number of rows that went per table, and the names that no record has. */
  remove(names: readonly string[], options?: RemoveOptions): Promise<Removed>;
  /**
   * Notes about records by any of their names, in one commit; the value null removes a note. Two values for one note are a
   * `UsageError`, and nothing is noted.
   */
  annotate(notes: readonly NoteRequest[]): Promise<Annotated>;
  /** What differs between two states of the tables; by default what a command that asked archives changed last. */
  diff(options?: DiffOptions): Promise<StateDiff>;
  /** Writes a table, a part of it or the answer of a statement to a file, which appears whole, or as text to a place. */
  exportTable(source: ExportSource, target: ExportTarget): Promise<ExportReport>;
  /**
   * Imports files and folders: tables of the Python Celline, lists kept by hand, exports. One report per file, when it is
   * stored. What an archive said is kept unless `force`.
   */
  importTables(paths: readonly string[], options?: ImportOptions): AsyncIterable<ImportReport>;
  /** Asks archives for ids by fields of their own (`{ tissue: 'brain' }`). A handler that fails is named; nothing is stored. */
  search(query: Readonly<Record<string, string>>, options?: SearchOptions): Promise<SearchAnswer>;
  handlers(): Promise<readonly HandlerInfo[]>;
  /**
   * Adds a handler of either form while the project is open: `priority` 0 is asked first, none is appended; `name` replaces its
   * own. Throws a `PluginError` when the name is taken, members are missing (all are named), or it has columns of its own:
   * the tables are opened with those, so such a handler is given to `openProject`.
   */
  registerHandler(handler: AnyHandler, place?: PluginPlace): void;
  /** Takes a handler away, built-ins too, as long as the project is open; false when there is none of that name. */
  unregisterHandler(name: string): boolean;
  /** Runs the contract of handlers on one of this project. Stores nothing. */
  testHandler(name: string, options?: HandlerTestOptions): AsyncIterable<HandlerTestResult>;
  /** Examines project, tables, cache, disk, archives, credentials. */
  doctor(options?: { readonly offline?: boolean; readonly signal?: AbortSignal }): AsyncIterable<Check>;
  readonly store: Store;
  /** What was done: the jobs of this project, and how to run a work as one. */
  readonly jobs: Jobs;
  /** Typed rows of each table: create, get, list, update, delete; `records.within(transaction)` in a transaction. */
  readonly records: Repositories;
  /** Read-only SQL. */
  query(): Promise<Query>;
  /** Sums up what was asked of the archives. Asks nobody. */
  httpStats(options?: HttpStatsOptions): Promise<HttpStats>;
  /** What looks after the tables: history, backups, migrations, checks. `StoreError` when the back end is not durable. */
  care(): Promise<StoreCare>;
  /** What looks after the response cache. */
  cache(): Promise<CacheCare>;
  /**
   * Ends everything that is open. Ids that are still being asked are stopped as by a signal: what has come is committed, and
   * who reads on gets an `InterruptedError`. The ending is told to those who listen; default: all went well.
   */
  close(ending?: Ending): Promise<void>;
}
