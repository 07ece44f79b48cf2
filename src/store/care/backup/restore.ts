import { StoreError } from '../../../errors/store-error.ts';
import type { RestoreReport } from '../../../ports/store-care.ts';
import type { TableName } from '../../../records/table.ts';
import { listFolder, TEMPORARY_PREFIX } from '../../disk/disk.ts';
import { manifestNumber } from '../../disk/layout.ts';
import { holdPin } from '../../disk/pins.ts';
import { EMPTY_MANIFEST, FORMAT_VERSION, type Manifest } from '../../manifest/manifest.ts';
import { createManifestLog } from '../../manifest/manifest-log.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { followWithPlainTables } from '../care-context.ts';
import { refuseWhileJobsRun } from '../history.ts';
import { KEEP_PRESENT_ROWS, rowsBeforeAndAfter } from '../plan-rollback.ts';
import { replaceTables } from '../replace-tables.ts';
import type { BackupPlace } from './backup-place.ts';
import { segmentPaths } from './backup-record.ts';
import { bringSegments, wholeSegments } from './bring-segments.ts';
import { createBackup, type MadeBackup } from './create-backup.ts';
import { editsShown } from './edits-shown.ts';
import { originOf } from './origin.ts';
import { restoredTables, statesToRestore } from './plan-restore.ts';
import { pruneBackups } from './prune-backups.ts';
import { openWholeBackup, type WholeBackup } from './read-backup.ts';
import { rebuildStore } from './rebuild-store.ts';
import { restoreNotes } from './restore-notes.ts';
import { upgradeTables } from './upgrade-tables.ts';

/** How to restore. */
export interface RestoreOptions {
  /** The annotations too, instead of keeping the present ones. */
  readonly all: boolean;
  /** Also while a job runs. */
  readonly force: boolean;
}

/**
 * Makes the tables of a backup the newest, after comparing all of its bytes. The present tables are kept as a backup first;
 * a store that cannot be read is moved aside, and a new one is built of the backup.
 */
export async function restoreBackup(place: BackupPlace, path: string, options: RestoreOptions): Promise<RestoreReport> {
  const backup = await openWholeBackup(path);
  if (!options.force) refuseWhileJobsRun((await place.runningJobs?.()) ?? []);
  const fresh = withFreshLog(place, backup);
  const present = await inspectPresent(fresh.context);
  const report =
    'unreadable' in present
      ? await rebuildStore(fresh, backup, present.unreadable, options)
      : await replacePresent(fresh, backup, present.manifest, options);
  // The log once more: a rebuilt store has other files than it knows.
  const late = await plainTablesFollow(withFreshLog(place, backup));
  return { ...report, notes: [...report.notes, ...late] };
}

/** The tables are restored already: that their plain copies cannot be written is told besides. */
async function plainTablesFollow(place: BackupPlace): Promise<string[]> {
  try {
    await followWithPlainTables(place);
    return [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [`The tables are restored, but not their plain files: ${error.message}`];
  }
}

/** What was read of the store before may be as damaged as the store. A store that is not there gets the backup's name. */
function withFreshLog(place: BackupPlace, { record }: WholeBackup): BackupPlace {
  const { context } = place;
  return { ...place, context: { ...context, log: createManifestLog({ ...context, store: record.store }) } };
}

/** The present tables, or why they cannot be read. */
type Present = { readonly manifest: Manifest } | { readonly unreadable: StoreError };

async function inspectPresent({ layout, log }: CommitContext): Promise<Present> {
  try {
    const manifest = await log.newest();
    if (manifest.sequence > 0) return { manifest };
    // Segments without a manifest are all that is left of tables: nothing may take their place.
    const segments = (await listFolder(layout.segments)).filter((file) => !file.startsWith(TEMPORARY_PREFIX));
    const manifests = (await listFolder(layout.manifests)).filter((file) => manifestNumber(file) !== null);
    if (segments.length + manifests.length === 0) return { manifest };
    const path = manifests.length > 0 ? layout.format : layout.manifests;
    return { unreadable: new StoreError('integrity', `${path} is missing.`, { fields: { path } }) };
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'integrity') return { unreadable: error };
    throw error;
  }
}

async function replacePresent(
  place: BackupPlace,
  backup: WholeBackup,
  newest: Manifest,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { context } = place;
  const kept = newest.sequence === 0 ? null : await keepPresent(place, backup);
  const present = kept?.manifest ?? EMPTY_MANIFEST;
  const unpin = await holdPin(context, present.sequence);
  try {
    const { store } = await context.log.open();
    const keeps = options.all || kept === null ? new Set<TableName>() : tablesThatStay(kept);
    const usable = wholeSegments(present, damagedFiles(kept));
    const brought = await bringSegments(context, backup, statesToRestore(backup.manifest, keeps), usable);
    const restored = await upgradeTables(context, brought, backup.manifest.format);
    const { before, after } = await publishRestored(context, store, restored, keeps);
    await context.log.setFormat(after.format);
    const tables = rowsBeforeAndAfter(before.tables, after.tables);
    const all = !keeps.has('annotations');
    const notes = restoreNotes({ backup, store, kept, before, all, wantsAll: options.all });
    return { to: backup.record.sequence, sequence: after.sequence, tables, kept: kept?.info.path ?? null, notes };
  } finally {
    await unpin();
  }
}

/** What is there is copied as it is, damaged segments too: a restore is often asked for because of them. */
async function keepPresent(place: BackupPlace, backup: WholeBackup): Promise<MadeBackup> {
  const { context, dir, keep } = place;
  const kept = await createBackup(place, { reason: 'before restore', dir, salvages: true });
  const origin = await originOf(context);
  await pruneBackups(context, { dir, origin, keep, automaticOnly: true, except: backup.path });
  return kept;
}

function damagedFiles(kept: MadeBackup | null): Set<string> {
  const damaged = new Set(kept?.damaged.map(({ path }) => path));
  const segments = kept === null ? [] : segmentPaths(kept.manifest);
  return new Set(segments.filter(({ path }) => damaged.has(path)).map(({ segment }) => segment.file));
}

/** Notes and jobs, but what cannot be read cannot stay. */
function tablesThatStay({ manifest, damaged }: MadeBackup): Set<TableName> {
  const lost = damaged.map(({ path }) => manifest.tables[path.split('/')[0] ?? '']?.table);
  return new Set([...KEEP_PRESENT_ROWS].filter((table) => !lost.includes(table)));
}

async function publishRestored(
  context: CommitContext,
  store: string,
  restored: Manifest['tables'],
  keeps: ReadonlySet<TableName>,
): Promise<{ before: Manifest; after: Manifest }> {
  const shownEdits = await editsShown(context, store, Object.keys(restored));
  let before = EMPTY_MANIFEST;
  const made = await replaceTables(context, {
    kind: 'restore',
    format: FORMAT_VERSION,
    decide: async (newest) => {
      before = newest;
      // Tables of an older version are migrated by it: those that go as a backup, those that stay here.
      const tables = await upgradeTables(context, newest.tables, newest.format);
      return restoredTables({ ...newest, tables }, restored, { keeps, shownEdits });
    },
  });
  return { before, after: made ?? before };
}
