import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import type { BackupDamage, BackupInfo } from '../../../ports/store-care.ts';
import { copySynced } from '../../disk/copy-file.ts';
import { diskError, makeFolder, syncFolder, systemCode, writeSynced } from '../../disk/disk.ts';
import { holdReadingPin } from '../../disk/pins.ts';
import { formatManifest, type Manifest, type Segment } from '../../manifest/manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import {
  BACKUP_FORMAT,
  type BackupFile,
  type BackupRecord,
  backupName,
  formatRecord,
  formatSums,
  infoOf,
  MANIFEST_FILE,
  RECORD_FILE,
  SUMS_FILE,
  segmentPaths,
  timeOfName,
} from './backup-record.ts';
import { originOf } from './origin.ts';
import { backupNames } from './read-backup.ts';
import { makeStaging, removeDeadStaging, removeFolder } from './staging.ts';

/** How a backup is made. */
export interface BackupMaking {
  readonly reason: string;
  /** Folder of the backups. */
  readonly dir: string;
  /** True: what is damaged in the store is copied as it is and named in the record, instead of refusing. */
  readonly salvages: boolean;
}

/** A finished backup, with what was damaged in the store already. */
export interface MadeBackup {
  readonly info: BackupInfo;
  readonly manifest: Manifest;
  readonly damaged: readonly BackupDamage[];
}

/**
 * Copies the live segments of the newest manifest into a new folder. It gets its name when everything is on the disk, so that
 * what is listed is whole. Writers go on meanwhile; a pin holds the segments. A damaged segment refuses the backup by name.
 */
export async function createBackup(place: BackupPlace, making: BackupMaking): Promise<MadeBackup> {
  const { context } = place;
  const manifest = await context.log.newest();
  if (manifest.sequence === 0) throw nothingToCopy(context.layout.tables);
  const free = await holdReadingPin(context, manifest.sequence);
  let staging: string | null = null;
  try {
    await makeFolder(making.dir);
    await removeDeadStaging(making.dir, context);
    staging = await makeStaging(making.dir, context);
    const { files, damaged } = await copySegments(place, manifest, staging, making.salvages);
    const record = await writeRecord(place, { manifest, files, damaged, reason: making.reason }, staging);
    await syncFolder(staging);
    const name = await claimName(staging, making.dir, record.at);
    return { info: infoOf(record, name, join(making.dir, name)), manifest, damaged };
  } catch (error) {
    if (staging !== null) await removeFolder(staging);
    throw error;
  } finally {
    await free();
  }
}

function nothingToCopy(tables: string): StoreError {
  return new StoreError('operational', `There is nothing to back up: no tables in ${tables} yet.`, {
    hint: 'celline add ID',
    fields: { path: tables },
  });
}

/** Files copied at once: a sync waits for the disk, not for the processor. */
const COPIES_AT_ONCE = 4;

interface Copied {
  readonly files: readonly BackupFile[];
  readonly damaged: readonly BackupDamage[];
}

async function copySegments(
  { context }: BackupPlace,
  manifest: Manifest,
  staging: string,
  salvages: boolean,
): Promise<Copied> {
  const files: BackupFile[] = [];
  const damaged: BackupDamage[] = [];
  const folders = Object.keys(manifest.tables).map((table) => join(staging, table));
  for (const folder of folders) await makeFolder(folder);
  const waiting = segmentPaths(manifest).map((one, index) => ({ ...one, index }));
  const copyNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const from = join(context.layout.segments, next.segment.file);
      const { file, reason } = await copySegment(from, join(staging, next.path), next.segment);
      files[next.index] = { path: next.path, ...file };
      if (reason === null) continue;
      if (!salvages) throw damagedSource(from, reason);
      damaged.push({ path: next.path, reason: `${from} ${reason}` });
    }
  };
  await allOrFirstFailure(Array.from({ length: COPIES_AT_ONCE }, copyNext), () => waiting.splice(0));
  for (const folder of folders) await syncFolder(folder);
  return { files, damaged };
}

/** Waits for all, so that nothing is written any more when the failure is told. */
async function allOrFirstFailure(works: readonly Promise<void>[], onFailure: () => void): Promise<void> {
  for (const work of works) work.catch(onFailure);
  const failed = (await Promise.allSettled(works)).find((work) => work.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Codes of a file that is gone, or that the disk cannot read: the source's fault. */
const UNREADABLE = new Set(['ENOENT', 'EIO']);

interface CopiedSegment {
  /** Size and checksum that the segment was written with. */
  readonly file: Pick<BackupFile, 'bytes' | 'sha256'>;
  /** What is wrong with it; null: nothing. */
  readonly reason: string | null;
}

async function copySegment(from: string, to: string, segment: Segment): Promise<CopiedSegment> {
  const written = { bytes: segment.bytes, sha256: segment.sha256 ?? '' };
  try {
    const copied = await copySynced(from, to);
    if (copied.bytes !== segment.bytes) {
      return { file: written, reason: `has ${copied.bytes} bytes, written as ${segment.bytes}` };
    }
    // A segment of format 1 has no checksum yet: what is there counts.
    const isSame = segment.sha256 === null || segment.sha256 === copied.sha256;
    return isSame ? { file: copied, reason: null } : { file: written, reason: 'does not match its checksum' };
  } catch (error) {
    const cause = error instanceof StoreError ? error.cause : error;
    if (!UNREADABLE.has(systemCode(cause) ?? '')) throw error;
    return { file: written, reason: systemCode(cause) === 'ENOENT' ? 'is missing' : 'cannot be read from the disk' };
  }
}

function damagedSource(path: string, reason: string): StoreError {
  return new StoreError('integrity', `The segment ${path} ${reason}: no backup was made.`, {
    hint: 'celline db check says what is damaged; celline db backups lists older backups.',
    fields: { path },
  });
}

interface RecordParts extends Copied {
  readonly manifest: Manifest;
  readonly reason: string;
}

async function writeRecord(place: BackupPlace, parts: RecordParts, staging: string): Promise<BackupRecord> {
  const { context, version } = place;
  const { manifest, files, damaged, reason } = parts;
  const manifestText = formatManifest(manifest);
  const manifestFile = { path: MANIFEST_FILE, bytes: Buffer.byteLength(manifestText), sha256: sha256(manifestText) };
  const record: BackupRecord = {
    format: BACKUP_FORMAT,
    celline: version,
    at: new Date(context.clock.now()).toISOString(),
    reason,
    by: context.author.by,
    ...(await originOf(context)),
    storeFormat: manifest.format,
    sequence: manifest.sequence,
    rows: Object.values(manifest.tables).reduce((sum, state) => sum + state.rows, 0),
    damaged,
    files: [manifestFile, ...files],
  };
  const recordText = formatRecord(record);
  await writeSynced(join(staging, MANIFEST_FILE), manifestText);
  await writeSynced(join(staging, RECORD_FILE), recordText);
  await writeSynced(join(staging, SUMS_FILE), formatSums(record.files, sha256(recordText)));
  return record;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A folder that holds something is not replaced: the next number is tried. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST']);

/** Gives the finished folder its name; of two backups of one second the later has the greater number. */
async function claimName(staging: string, dir: string, at: string): Promise<string> {
  const second = timeOfName(backupName(at, 1));
  // The newest first: a number that became free again would make this one look older than it is.
  const latest = (await backupNames(dir)).find((name) => timeOfName(name) === second);
  for (let count = 1 + Number(latest?.split('-')[1] ?? 0); ; count += 1) {
    const name = backupName(at, count);
    try {
      await rename(staging, join(dir, name));
      await syncFolder(dir);
      return name;
    } catch (error) {
      if (!TAKEN.has(systemCode(error) ?? '')) throw diskError(error, 'rename', join(dir, name));
    }
  }
}
