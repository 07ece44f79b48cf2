import type { OutcomeName } from '../records/asked.ts';
import type { HttpEvent } from './http.ts';

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
  /** `7`, `7.2`. */
  readonly number: string;
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
  | JobEvent
  | { readonly type: 'started'; readonly ids: number }
  | { readonly type: 'answered'; readonly row: OutcomeRow }
  /** With `--atomic`: answers and samples that wait for the end, when they are told or forgotten. */
  | { readonly type: 'staged'; readonly ids: number; readonly samples: number }
  | { readonly type: 'committed'; readonly samples: number; readonly runs: number; readonly sequence: number }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

/** Whoever wants to know. Never throws. */
export interface Reporter {
  emit(event: CellineEvent): void;
}
