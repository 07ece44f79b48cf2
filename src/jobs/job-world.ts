import type { Clock } from '../ports/clock.ts';
import type { LiveJobs } from '../ports/jobs.ts';
import type { Processes } from '../ports/processes.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import type { RequestCounts } from './count-requests.ts';

/** What every job of a project works with. */
export interface JobWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly live: LiveJobs;
  readonly reporter: Reporter;
  readonly randomId: () => string;
  /** SHA-256 (hex) of a text. */
  readonly digest: (text: string) => string;
  /** What was asked of the archives so far, by this process. */
  readonly counts: () => RequestCounts;
  /** `user@machine`. */
  readonly by: string;
  /** The command line without secrets; empty for a program. */
  readonly command: string;
  /** Tables folder as outputs name it: `DB`. */
  readonly tablesFolder: string;
  /** Blanks the keys and passwords out of a text. */
  readonly mask: (text: string) => string;
  /** Aborts when the user stops the command. */
  readonly signal: AbortSignal;
}

/** The present as rows hold it (ISO 8601 UTC). */
export function nowText({ clock }: Pick<JobWorld, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}
