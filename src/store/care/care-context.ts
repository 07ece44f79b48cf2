import type { MakeLink } from '../disk/hard-links.ts';
import type { CommitContext } from '../parquet/commit.ts';
import { publishTables } from '../parquet/publish.ts';
import { plainTablesLate } from '../plain-tables-late.ts';

/** What every part of the care of the tables works with. */
export interface CareContext {
  readonly context: CommitContext;
  /** Gives the engine's memory back; the next call opens it anew. */
  readonly renew: () => Promise<void>;
  /** False when the configuration turns plain tables off. */
  readonly hasPlainTables: boolean;
  /** Names of the jobs that write to the tables now; absent where nothing keeps track of jobs. */
  readonly runningJobs?: () => Promise<readonly string[]>;
  /** Hears what the user should read; absent: such a thing is an error. */
  readonly warn?: (message: string) => void;
  /** How a file gets a second name; default the operating system's. */
  readonly makeLink?: MakeLink;
}

/**
 * Makes the plain tables follow a change of the tables, as far as it is cheap. The change is durable by now: that the disk
 * is full is a warning.
 */
export async function followWithPlainTables(care: CareContext): Promise<void> {
  if (!care.hasPlainTables) return;
  try {
    await publishTables(care.context, care.renew, false);
  } catch (error) {
    if (care.warn === undefined) throw error;
    care.warn(plainTablesLate(error));
  }
}
