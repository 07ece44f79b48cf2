import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError, systemCode } from '../../disk/disk.ts';
import { isAutomatic } from './backup-record.ts';
import type { BackupOrigin } from './origin.ts';
import { backupNames, readRecord } from './read-backup.ts';
import { makeStaging, removeFolder, type StagingContext } from './staging.ts';

/** Which backups stay. */
export interface Pruning {
  /** Folder of the backups. */
  readonly dir: string;
  /** Only backups of these tables count: several projects, and copies of one, may share a folder. */
  readonly origin: BackupOrigin;
  /** So many stay, the newest. */
  readonly keep: number;
  /** True: only those that celline took by itself count and go. */
  readonly automaticOnly: boolean;
  /** Folder of a backup that is in use and stays in any case. */
  readonly except?: string;
}

/** Removes what exceeds the number to keep; gives the names. What cannot be read counts for nothing and stays. */
export async function pruneBackups(context: StagingContext, pruning: Pruning): Promise<string[]> {
  const { dir, origin, keep, automaticOnly, except } = pruning;
  const removed: string[] = [];
  let counted = 0;
  for (const name of await backupNames(dir)) {
    const path = join(dir, name);
    const record = await readRecord(path).catch(() => null);
    if (record === null || record.store !== origin.store || record.tables !== origin.tables) continue;
    if (automaticOnly && !isAutomatic(record.reason)) continue;
    counted += 1;
    if (counted <= keep || path === except) continue;
    await removeBackup(context, dir, path);
    removed.push(name);
  }
  return removed;
}

/** Takes its name away first: a kill leaves no half backup that lists as one. */
async function removeBackup(context: StagingContext, dir: string, path: string): Promise<void> {
  const aside = await makeStaging(dir, context);
  try {
    await rename(path, join(aside, 'backup'));
  } catch (error) {
    // Another process removed it just now.
    if (systemCode(error) !== 'ENOENT') throw diskError(error, 'remove', path);
  } finally {
    await removeFolder(aside);
  }
}
