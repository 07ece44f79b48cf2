import type { CareContext } from '../care-context.ts';

/** What backups are made of, and where they go. */
export interface BackupPlace extends CareContext {
  /** Folder of the backups. */
  readonly dir: string;
  /** Backups that celline takes by itself (before a migration, before a restore): so many stay. */
  readonly keep: number;
  /** Version of celline, for `backup.json`. */
  readonly version: string;
}
