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

/** Everything that happens during a command, in one typed stream. */
export type CellineEvent =
  | HttpEvent
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
