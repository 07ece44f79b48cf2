import type { OutcomeName } from '../records/asked.ts';
import type { JobRow, JobState } from '../records/job.ts';
import type { JobFileRow } from '../records/job-file.ts';
import type { CommitReport, JobChange, Store } from './store.ts';

/** What a job is, before it runs. */
export interface JobSpec {
  /** What is done, in one word: `add`, `refresh`, `download`. */
  readonly task: string;
  /** In words; default none. */
  readonly title?: string;
  /** What it could be run again with: option to list of values. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
  /** Files that it reads. */
  readonly inputs?: readonly JobInput[];
}

/** A file that a job reads or wrote. */
export interface JobInput {
  readonly path: string;
  /** Default `file`. */
  readonly role?: string;
  readonly md5?: string;
  readonly sha256?: string;
  readonly bytes?: number;
  readonly rows?: number;
}

/** The answer of one id of a job. */
export interface JobAnswer {
  /** Its number below the job: `2`, `2.1`. */
  readonly below: string;
  /** As it was given. */
  readonly id: string;
  readonly outcome: OutcomeName;
  readonly key: string | null;
  readonly reason: string | null;
  /** Class of what was thrown; null when nothing was. */
  readonly errorClass: string | null;
}

/** The job of ids that are being asked. Its commits say what it has to say. */
export interface AskingJob {
  /** `7`; null until it has begun. */
  readonly number: string | null;
  /** Gives it its number. `ids`: all of them, each once, in the order in which they are numbered; `settled`: those that need not be asked. */
  begin(ids: readonly string[], settled: readonly JobAnswer[]): Promise<void>;
  /** What a commit says of it. `isLast`: the answers are the last ones, and it ends. */
  change(answers: readonly JobAnswer[], isLast: boolean): JobChange;
  /** Takes what a commit did into account. `isLast`: as of its change. */
  committed(report: CommitReport, answers: readonly JobAnswer[], isLast: boolean): void;
}

/** A job that a program runs; what it commits through `store` is counted as its own. */
export interface TrackedJob {
  /** `7`, `7.1`. */
  readonly number: string;
  readonly uuid: string;
  readonly store: Store;
  /** Runs a work as the next job below this one: an error marks that one as failed and is thrown on. */
  track<T>(spec: JobSpec, work: (job: TrackedJob) => Promise<T>): Promise<T>;
  /** Registers a file that it read. */
  input(file: JobInput): void;
  /** Registers a file that it wrote. What it wrote into tables is known without. */
  output(file: JobInput): void;
}

/** A job as it is shown. */
export interface JobInfo extends JobRow {
  /** Of a running one: ids answered so far; null when it is not known. */
  readonly done: number | null;
}

/** Which jobs to list. */
export interface JobFilter {
  /** Only those that did not end well. */
  readonly failed?: boolean;
  /** Only those that began at or after this instant (milliseconds since 1970-01-01 UTC). */
  readonly since?: number;
  /** At most so many, the newest. */
  readonly limit?: number;
}

/** What was done with the tables. */
export interface Jobs {
  /** Jobs at the top, the newest first. A dead one is `interrupted`, never `running`. */
  list(filter?: JobFilter): Promise<readonly JobInfo[]>;
  /** One job; null when there is none of that number. */
  get(number: string): Promise<JobInfo | null>;
  /** Everything below a job, in the order of the numbers. */
  below(number: string): Promise<readonly JobInfo[]>;
  /** What it read and wrote. */
  files(number: string): Promise<readonly JobFileRow[]>;
  /** The ids of a job as they were given, in order; `failed`: those that were not answered well. */
  ids(number: string, filter?: { readonly failed?: boolean }): Promise<readonly string[]>;
  /** Runs a work as a job: an error marks it as failed, a stop as interrupted, and both are thrown on. */
  track<T>(spec: JobSpec, work: (job: TrackedJob) => Promise<T>): Promise<T>;
  /** Asks the process of a running job to stop, as Ctrl-C does. A `UsageError` says why that cannot be. */
  cancel(number: string): Promise<void>;
  /** Removes the rows of a job that has ended, and of all below it; what it wrote stays. Gives the number of rows. */
  remove(number: string): Promise<number>;
}

/** What a running job says of itself, beside the tables. */
export interface LiveJob {
  /** Null until a commit has given it one. */
  readonly number: string | null;
  readonly uuid: string;
  readonly task: string;
  readonly title: string | null;
  readonly host: string;
  readonly pid: number;
  /** When that process began, as `Processes` tells it. */
  readonly started?: string;
  /** Its ids as given, in the order of their numbers. */
  readonly ids: readonly string[];
  /** How it ended, when that could not be written into the tables. */
  readonly end?: { readonly state: JobState; readonly reason: string | null; readonly errorClass: string | null };
}

/** A live job as somebody else sees it. */
export interface SeenJob extends LiveJob {
  /** Milliseconds since 1970-01-01 UTC: its last sign of life. */
  readonly seenAt: number;
}

/** Where running jobs say that they live. */
export interface LiveJobs {
  /** All that are there, dead ones too. */
  list(): Promise<readonly SeenJob[]>;
  /** Says that a job lives, until it is let go. */
  hold(job: Omit<LiveJob, 'number' | 'host' | 'pid' | 'started'>): Promise<HeldJob>;
  /** Removes the sign of a dead one. */
  remove(job: SeenJob): Promise<void>;
}

/** The sign of life of a job of this process. */
export interface HeldJob {
  /** The commit has given it this number. */
  numbered(number: string): Promise<void>;
  /** Leaves word of how it ended, for the next command to write down. */
  leave(end: NonNullable<LiveJob['end']>): Promise<void>;
  release(): Promise<void>;
}
