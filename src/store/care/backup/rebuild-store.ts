import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import type { RestoreReport } from '../../../ports/store-care.ts';
import { diskError, fileState, listFolder, makeFolder, moveFile, syncFolder } from '../../disk/disk.ts';
import { manifestNumber, storeLayout } from '../../disk/layout.ts';
import { listPins } from '../../disk/pins.ts';
import { EMPTY_MANIFEST, followingManifest, type Manifest } from '../../manifest/manifest.ts';
import { createManifestLog } from '../../manifest/manifest-log.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { rowsBeforeAndAfter } from '../plan-rollback.ts';
import type { BackupPlace } from './backup-place.ts';
import { bringSegments } from './bring-segments.ts';
import { editsShown } from './edits-shown.ts';
import { restoredTables, statesToRestore } from './plan-restore.ts';
import type { WholeBackup } from './read-backup.ts';
import { ofOrigin } from './restore-notes.ts';
import { makeStaging, removeDeadStaging, removeFolder } from './staging.ts';
import { upgradeTables } from './upgrade-tables.ts';

/**
 * Builds a new store of a backup beside one that cannot be read, moves that one aside under another name, and puts the new
 * one in its place. Its numbers go on above all that were given, so that a process that knew the old store meets no number
 * twice.
 */
export async function rebuildStore(
  place: BackupPlace,
  backup: WholeBackup,
  unreadable: StoreError,
  { force }: { readonly force: boolean },
): Promise<RestoreReport> {
  const { context } = place;
  if (!force) await refuseWhileHeld(context);
  const { tables } = context.layout;
  await makeFolder(tables);
  await removeDeadStaging(tables, context);
  const store = await nameOfStore(context, backup);
  const staging = await makeStaging(tables, context);
  try {
    const made = await buildStore(place, backup, staging, store);
    const kept = await exchange(context, staging);
    return {
      to: backup.record.sequence,
      sequence: made.sequence,
      tables: rowsBeforeAndAfter({}, made.tables),
      kept,
      notes: [
        `The tables could not be read: ${unreadable.message} They are as they were in ${kept}.`,
        'The annotations are those of the backup.',
        ...ofOrigin({ backup, store }),
      ],
    };
  } finally {
    await removeFolder(staging);
  }
}

/** A store that is moved away takes along what others are about to commit. */
async function refuseWhileHeld(context: CommitContext): Promise<void> {
  const { processes } = context;
  const { live } = await listPins(context);
  const other = live.find((pin) => pin.host !== processes?.host || pin.pid !== processes.pid);
  if (other === undefined) return;
  throw new StoreError('lock', `Process ${other.pid} on ${other.host || 'an unnamed machine'} is using the tables.`, {
    hint: 'Wait for it or stop it first; --force restores all the same.',
    fields: { pid: other.pid, host: other.host },
  });
}

/** The name that the store has, as long as that can be read: its backups and plain tables know it by it. */
async function nameOfStore({ log }: CommitContext, backup: WholeBackup): Promise<string> {
  const format = await log.format().catch(() => null);
  return format?.store ?? backup.record.store;
}

async function buildStore(place: BackupPlace, backup: WholeBackup, staging: string, store: string): Promise<Manifest> {
  const { context } = place;
  const layout = storeLayout(staging);
  const log = createManifestLog({ ...context, layout, store });
  await log.open();
  const staged = { ...context, layout, log };
  const brought = await bringSegments(staged, backup, statesToRestore(backup.manifest, new Set()), new Map());
  const restored = await upgradeTables(staged, brought, backup.manifest.format);
  const shownEdits = await editsShown(context, store, Object.keys(restored));
  await place.renew();
  const numbers = (await listFolder(context.layout.manifests)).map((name) => manifestNumber(name) ?? 0);
  const sequence = Math.max(backup.manifest.sequence, ...numbers);
  const before = { ...EMPTY_MANIFEST, sequence, epoch: backup.manifest.epoch + sequence };
  const tables = restoredTables(before, restored, { keeps: new Set(), shownEdits }) ?? {};
  const at = new Date(context.clock.now()).toISOString();
  const counts = Object.entries(restored).map(
    ([name, state]) => [name, { added: state.rows, updated: 0, removed: 0 }] as const,
  );
  const made = { ...context.author, kind: 'restore' as const, job: null, tables: Object.fromEntries(counts) };
  const manifest = followingManifest(before, { commit: context.randomId(), at, made, tables }, true);
  if (!(await log.append(manifest)))
    throw new StoreError('operational', `${layout.root} was written by another process.`);
  return manifest;
}

/** Moves the old store aside and the new one in its place; gives the old one's new path. */
async function exchange({ layout, clock }: CommitContext, staging: string): Promise<string> {
  const old = dirname(layout.root);
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let aside = `${old}.aside-${stamp}`;
  for (let count = 2; (await fileState(aside)) !== null; count += 1) aside = `${old}.aside-${stamp}-${count}`;
  await moveFile(old, aside);
  const made = dirname(storeLayout(staging).root);
  try {
    await rename(made, old);
  } catch (error) {
    // Somebody wrote there meanwhile, or the disk fails: the old one goes back if it can.
    await rename(aside, old).catch(() => undefined);
    throw diskError(error, 'rename', made);
  }
  await syncFolder(layout.tables);
  return aside;
}
