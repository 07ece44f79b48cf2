import type { OutcomeName } from '../records/asked.ts';
import type { HttpEvent } from './http.ts';
import type { RecordChange } from './store.ts';

/** Levels of the log, least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** A level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One commit to the tables, whatever command or maintenance made it. */
export interface WrittenEvent {
  readonly type: 'written';
  /** `commit`, `compaction`, `rollback`, `restore`, `migration` or `repair`. */
  readonly kind: string;
  /** `user@machine`. */
  readonly by: string;
  /** Number of the job that it belongs to; null without one. */
  readonly job: string | null;
  /** Number of the commit, as in `celline db log`. */
  readonly sequence: number;
  /** Rows by table (`GEO_SAMPLES`); tables that did not change are absent. */
  readonly tables: Readonly<Record<string, { added: number; updated: number; removed: number }>>;
}

/** What became of one record in a commit. */
export interface SavedRecord {
  readonly table: 'projects' | 'samples' | 'runs';
  readonly key: string;
  readonly change: RecordChange;
}

/** The answer of one id as given, as `celline add` prints it. */
export interface OutcomeRow {
  /** The id as it was given. */
  readonly id: string;
  readonly outcome: OutcomeName;
  readonly key: string | null;
  /** Runs in the tables for it. */
  readonly runs: number;
  /** Files in the tables for it, those of its runs included. */
  readonly files: number;
  readonly reason: string | null;
}

/** What happens to a job, or to one id of it. */
export interface JobEvent {
  readonly type: 'job';
  /** `progress`: one more id of it is answered; `resuming`: it asks for what `resumes` left. The others are its states. */
  readonly change: 'created' | 'running' | 'progress' | 'resuming' | 'finished' | 'partial' | 'failed' | 'interrupted';
  /** Its number: `7`, `7.2`. */
  readonly job: string;
  /** The job above: `7` of `7.2`; null at the top. */
  readonly parent: string | null;
  /** What is done: `add`, `refresh`, `import`; of a child the id. */
  readonly task: string;
  /** Ids answered so far, and all of them; 0 where a job has none. */
  readonly done: number;
  readonly ids: number;
  /** Why, for an end that is not plainly good; else null. */
  readonly reason: string | null;
  /** Of `resuming`: the number of the job that was interrupted. */
  readonly resumes?: string;
}

/** Everything that happens during a command, in one typed stream. */
export type CellineEvent =
  | HttpEvent
  | WrittenEvent
  /** The first event of an open project. */
  | {
      readonly type: 'began';
      /** The command line without the program and without secrets; empty for the library. */
      readonly command: string;
      readonly version: string;
      /** Least level that a person is shown, as flags and configuration have it. */
      readonly logLevel: LogLevel;
    }
  /** The last one: how the command ended. */
  | {
      readonly type: 'ended';
      /** 0 when all went well. */
      readonly exitCode: number;
      /** What ended it early; null when nothing did. */
      readonly error: { readonly name: string; readonly message: string; readonly hint: string | null } | null;
    }
  | JobEvent
  | { readonly type: 'started'; readonly ids: number }
  | { readonly type: 'answered'; readonly row: OutcomeRow }
  /** With `--atomic`: answers and samples that wait for the end, when they are told or forgotten. */
  | { readonly type: 'staged'; readonly ids: number; readonly samples: number }
  /** Records of archives that are durable now. */
  | {
      readonly type: 'committed';
      readonly samples: number;
      readonly runs: number;
      readonly sequence: number;
      readonly records: readonly SavedRecord[];
    }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string };

/** Whoever wants to know. Never throws. */
export interface Reporter {
  emit(event: CellineEvent): void;
}
