import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { StoreError } from '../../../errors/store-error.ts';
import { UsageError } from '../../../errors/usage-error.ts';
import type { BackupDamage, BackupInfo } from '../../../ports/store-care.ts';
import { diskError, fileDigest, fileState, listFolder, readTextIfThere } from '../../disk/disk.ts';
import { type Manifest, parseManifest } from '../../manifest/manifest.ts';
import {
  type BackupFile,
  type BackupRecord,
  compareNames,
  formatSums,
  infoOf,
  isBackupName,
  MANIFEST_FILE,
  parseRecord,
  RECORD_FILE,
  SUMS_FILE,
  timeOfName,
} from './backup-record.ts';

/** Names of the backups in a folder, newest first. */
export async function backupNames(dir: string): Promise<string[]> {
  return (await listFolder(dir)).filter(isBackupName).sort(compareNames);
}

/** The folder of a backup: a name below `dir`, or an absolute path. `UsageError` when there is none. */
export async function findBackup(dir: string, name: string): Promise<string> {
  const path = isAbsolute(name) ? name : join(dir, name);
  if ((isAbsolute(name) || isBackupName(name)) && (await fileState(path)) !== null) return path;
  const names = await backupNames(dir);
  const few = names.slice(0, 3).join(', ');
  throw new UsageError(`There is no backup ${name}${isAbsolute(name) ? '' : ` in ${dir}`}.`, {
    hint: names.length === 0 ? 'celline db backup makes one.' : `There are: ${few}${names.length > 3 ? ', …' : ''}.`,
    fields: { backup: name },
  });
}

/** What `backup.json` says; null when it is missing or damaged. One of a newer celline is refused by name. */
export async function readRecord(folder: string): Promise<BackupRecord | null> {
  const path = join(folder, RECORD_FILE);
  const text = await readTextIfThere(path);
  return text === null ? null : parseRecord(text, path);
}

/** A backup as far as it can be read: of a damaged one, or one of a newer celline, the name tells the time. */
export async function describeBackup(dir: string, name: string): Promise<BackupInfo> {
  const path = join(dir, name);
  const record = await readRecord(path).catch((error: unknown) => {
    if (error instanceof StoreError) return null;
    throw error;
  });
  if (record !== null) return infoOf(record, name, path);
  let bytes = 0;
  for (const file of await filesBelow(path)) bytes += (await fileState(join(path, file)))?.bytes ?? 0;
  return { name, path, at: timeOfName(name), reason: 'unreadable', sequence: 0, version: 0, rows: 0, bytes };
}

/** Compares every byte of a backup with its checksum, and its files with its list. Empty: it is whole. */
export async function verifyBackup(folder: string): Promise<BackupDamage[]> {
  const recordText = await readTextIfThere(join(folder, RECORD_FILE));
  const sums = await readTextIfThere(join(folder, SUMS_FILE));
  const missing = Object.entries({ [RECORD_FILE]: recordText, [SUMS_FILE]: sums }).filter(([, text]) => text === null);
  if (missing.length > 0) return missing.map(([path]) => ({ path, reason: 'is missing' }));
  const digest = await fileDigest(join(folder, RECORD_FILE));
  const isRecordSummed = sums?.endsWith(`${digest.sha256}  ${RECORD_FILE}\n`) === true;
  const record = isRecordSummed ? parseRecord(recordText ?? '', join(folder, RECORD_FILE)) : null;
  if (record === null) {
    // A newer celline may keep other checksums: its format is told first.
    parseRecord(recordText ?? '', join(folder, RECORD_FILE));
    const reason = isRecordSummed ? 'does not describe a backup' : `does not match its checksum in ${SUMS_FILE}`;
    return [{ path: RECORD_FILE, reason }];
  }
  const damages: BackupDamage[] = [];
  if (!(await isText(join(folder, SUMS_FILE), formatSums(record.files, digest.sha256)))) {
    damages.push({ path: SUMS_FILE, reason: `does not match ${RECORD_FILE}` });
  }
  damages.push(...(await strangers(folder, record.files)));
  for (const file of record.files) {
    const reason = await damageOf(join(folder, file.path), file);
    if (reason !== null) damages.push({ path: file.path, reason });
  }
  return damages;
}

/** Byte by byte: as text two different bytes may read alike. */
async function isText(path: string, expected: string): Promise<boolean> {
  return (await fileDigest(path)).sha256 === createHash('sha256').update(expected).digest('hex');
}

async function damageOf(path: string, file: BackupFile): Promise<string | null> {
  const state = await fileState(path);
  if (state === null) return 'is missing';
  if (state.bytes !== file.bytes) return `has ${state.bytes} bytes, written as ${file.bytes}`;
  return (await fileDigest(path)).sha256 === file.sha256 ? null : 'does not match its checksum';
}

/** Files that the backup does not name. */
async function strangers(folder: string, files: readonly BackupFile[]): Promise<BackupDamage[]> {
  const known = new Set([RECORD_FILE, SUMS_FILE, ...files.map((file) => file.path)]);
  const found = await filesBelow(folder);
  return found.filter((path) => !known.has(path)).map((path) => ({ path, reason: 'does not belong to the backup' }));
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw diskError(error, 'list', folder);
  }
}

/** A whole backup with its manifest. */
export interface WholeBackup {
  /** Its folder. */
  readonly path: string;
  readonly name: string;
  readonly record: BackupRecord;
  readonly manifest: Manifest;
}

/** Reads a backup after comparing every byte; a damaged one is refused, and every damaged file named. */
export async function openWholeBackup(path: string): Promise<WholeBackup> {
  const name = basename(path);
  const damages = await verifyBackup(path);
  const record = await readRecord(path);
  const manifestPath = join(path, MANIFEST_FILE);
  const text = await readTextIfThere(manifestPath);
  if (damages.length > 0 || record === null || text === null) throw damagedBackup(name, path, damages);
  const manifest = parseManifest(text, manifestPath);
  if (manifest === null) throw damagedBackup(name, path, [{ path: MANIFEST_FILE, reason: 'is no manifest' }]);
  return { path, name, record, manifest };
}

function damagedBackup(name: string, path: string, damages: readonly BackupDamage[]): StoreError {
  const list = damages.map((damage) => `${damage.path} ${damage.reason}`).join('; ');
  return new StoreError('integrity', `The backup ${name} is damaged: ${list}.`, {
    hint: 'Nothing was changed. celline db backups --verify says which are whole.',
    fields: { path, files: damages.map((damage) => damage.path).join(', ') },
  });
}
