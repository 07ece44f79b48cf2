import type { Backups } from '../../../ports/store-care.ts';
import type { BackupPlace } from './backup-place.ts';
import { isAutomatic } from './backup-record.ts';
import { createBackup } from './create-backup.ts';
import { originOf } from './origin.ts';
import { pruneBackups } from './prune-backups.ts';
import { backupNames, describeBackup, findBackup, verifyBackup } from './read-backup.ts';
import { restoreBackup } from './restore.ts';

/** The backups of the tables of a Parquet store. */
export function openBackups(place: BackupPlace): Backups {
  return {
    create: async ({ reason = 'manual', keep, to } = {}) => {
      const dir = to ?? place.dir;
      const { info } = await createBackup(place, { reason, dir, salvages: false });
      const origin = await originOf(place.context);
      if (keep !== undefined) await pruneBackups(place.context, { dir, origin, keep, automaticOnly: false });
      else if (isAutomatic(reason)) {
        await pruneBackups(place.context, { dir, origin, keep: place.keep, automaticOnly: true });
      }
      return info;
    },
    list: async ({ from = place.dir } = {}) => {
      const backups = [];
      for (const name of await backupNames(from)) backups.push(await describeBackup(from, name));
      return backups;
    },
    verify: async (name) => verifyBackup(await findBackup(place.dir, name)),
    restore: async (name, { all = false, force = false } = {}) =>
      restoreBackup(place, await findBackup(place.dir, name), { all, force }),
  };
}
