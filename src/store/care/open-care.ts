import { dirname, join } from 'node:path';
import type { StoreCare } from '../../ports/store-care.ts';
import { openContext, type ParquetStoreSettings } from '../parquet/parquet-store.ts';
import { openBackups } from './backup/backups.ts';
import { checkStore } from './check/check-store.ts';
import { createCopyFinder } from './check/find-copy.ts';
import { checkpoint } from './checkpoint.ts';
import { examineProtocol } from './commit-protocol.ts';
import { openComparison } from './compare.ts';
import { openHistory } from './history.ts';
import { openMigrations } from './migrate/migrate.ts';
import { repairStore } from './repair.ts';

/** Backups that celline takes by itself and that stay, unless the configuration says other. */
const KEPT_BACKUPS = 10;

/** What the care of a Parquet store needs. */
export interface CareSettings extends ParquetStoreSettings {
  /** Folder of the backups; default `backups` beside the tables folder. */
  readonly backupDir?: string;
  /** Backups that celline takes by itself: so many stay; default 10. */
  readonly keepBackups?: number;
  /** Folder of the project's own migrations; default none. */
  readonly migrationsDir?: string;
  /** Hears what the user should read; absent: such a thing is an error. */
  readonly warn?: (message: string) => void;
  /** Names of the jobs that write to the tables now; absent: nothing keeps track of jobs. */
  readonly runningJobs?: () => Promise<readonly string[]>;
  /** Version of celline, which backups name; default none. */
  readonly version?: string;
}

/** Everything that looks after the tables of a Parquet store. Opens the engine when it is needed. */
export function openStoreCare(settings: CareSettings): StoreCare {
  const { context, door } = openContext(settings);
  const { makeLink, warn, runningJobs } = settings;
  const care = {
    context,
    renew: door.close,
    hasPlainTables: settings.plainTables !== false,
    ...(makeLink === undefined ? {} : { makeLink }),
    ...(warn === undefined ? {} : { warn }),
    ...(runningJobs === undefined ? {} : { runningJobs }),
  };
  const dir = settings.backupDir ?? join(dirname(settings.dir), 'backups');
  const findCopy = createCopyFinder(dir);
  const backups = openBackups({
    ...care,
    dir,
    keep: settings.keepBackups ?? KEPT_BACKUPS,
    version: settings.version ?? '',
  });
  return {
    checkpoint: (names) => checkpoint(care, names),
    integrity: {
      check: (options) => checkStore(care, findCopy, options),
      repair: (findings) => repairStore(care, findCopy, findings),
    },
    history: openHistory(care),
    protocol: () => examineProtocol(care),
    comparison: openComparison(care),
    backups,
    migrations: openMigrations(care, {
      backup: async (reason) => (await backups.create({ reason })).name,
      folder: settings.migrationsDir ?? null,
    }),
    close: () => door.close(),
  };
}
