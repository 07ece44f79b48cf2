import { StoreError } from '../../../errors/store-error.ts';
import type { BackupDamage, BackupInfo } from '../../../ports/store-care.ts';
import { type Manifest, type Segment, segmentsOf } from '../../manifest/manifest.ts';
import type { BackupOrigin } from './origin.ts';

/** Version of the files of a backup; one of a newer celline is refused. */
export const BACKUP_FORMAT = 1;

/** What describes a backup, and the checksums of all of its other files. */
export const RECORD_FILE = 'backup.json';
/** The manifest that the backup holds. */
export const MANIFEST_FILE = 'manifest.json';
/** Checksums of every file, `backup.json` too, as `sha256sum -c` reads them. */
export const SUMS_FILE = 'SHA256SUMS';

/** One file of a backup. */
export interface BackupFile {
  /** Below the backup's folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 (hex). */
  readonly sha256: string;
}

/** What `backup.json` says. */
export interface BackupRecord extends Omit<BackupOrigin, 'tables'> {
  /** As `BackupOrigin` says; absent in the first backups, which no rule of a number to keep removes. */
  readonly tables?: string;
  readonly format: number;
  /** Version of the celline that made it. */
  readonly celline: string;
  /** When it was made (ISO 8601 UTC). */
  readonly at: string;
  /** `manual`, `before migration`, `before restore`. */
  readonly reason: string;
  /** `user@machine`. */
  readonly by: string;
  /** Format of the store's files. */
  readonly storeFormat: number;
  /** Number of the manifest. */
  readonly sequence: number;
  readonly rows: number;
  /** What was damaged or missing in the store already; such a backup is never restored. */
  readonly damaged: readonly BackupDamage[];
  readonly files: readonly BackupFile[];
}

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d+)$/;
const FILE_PATH = /^(?:manifest\.json|[A-Za-z0-9_-]+\/\d{6}\.parquet)$/;

/** Name of the `count`th backup of a second: `20261121T093000Z-1`. */
export function backupName(at: string, count: number): string {
  return `${at.replaceAll(/[-:]|\.\d+/g, '')}-${count}`;
}

/** True for the name of a backup's folder. */
export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

/** When a backup was made, by its name (ISO 8601 UTC). */
export function timeOfName(name: string): string {
  return name.replace(NAME, '$1-$2-$3T$4:$5:$6.000Z');
}

/** Newer before older. */
export function compareNames(a: string, b: string): number {
  const [stampA = '', countA] = a.split('-');
  const [stampB = '', countB] = b.split('-');
  if (stampA !== stampB) return stampA < stampB ? 1 : -1;
  return Number(countB) - Number(countA);
}

/** Where the segments of a manifest are in a backup: `GEO_SAMPLES/000001.parquet`, oldest first. */
export function segmentPaths(manifest: Manifest): { table: string; path: string; segment: Segment }[] {
  return Object.entries(manifest.tables).flatMap(([table, state]) =>
    segmentsOf(state).map((segment, index) => ({
      table,
      path: `${table}/${String(index + 1).padStart(6, '0')}.parquet`,
      segment,
    })),
  );
}

/** Record → text of `backup.json`, one line per file. */
export function formatRecord(record: BackupRecord): string {
  const { files, ...head } = record;
  const lines = files.map((file) => JSON.stringify(file));
  return `${JSON.stringify(head).slice(0, -1)},"files":[\n${lines.join(',\n')}\n]}\n`;
}

/** Text of `SHA256SUMS`. */
export function formatSums(files: readonly BackupFile[], recordSha256: string): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  return `${lines.join('')}${recordSha256}  ${RECORD_FILE}\n`;
}

/** Text of `backup.json` → record; null when it is damaged. One of a newer celline is refused by its path. */
export function parseRecord(text: string, path: string): BackupRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Record<string, unknown>;
  if (typeof record.format === 'number' && record.format > BACKUP_FORMAT) throw newerBackup(path, record.format);
  const texts = ['celline', 'at', 'reason', 'by', 'store'].every((name) => typeof record[name] === 'string');
  const numbers = ['format', 'storeFormat', 'sequence', 'rows'].every((name) => Number.isSafeInteger(record[name]));
  const { files, damaged } = record;
  if (!texts || !numbers || !Array.isArray(damaged) || !Array.isArray(files) || !files.every(isFile)) return null;
  return value as BackupRecord;
}

function isFile(value: unknown): value is BackupFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, bytes, sha256 } = value as Record<string, unknown>;
  return typeof path === 'string' && FILE_PATH.test(path) && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}

/** A backup of a newer celline: it is left alone. */
function newerBackup(path: string, format: number): StoreError {
  return new StoreError('newer_format', `${path} has format ${format}; this celline reads up to ${BACKUP_FORMAT}.`, {
    hint: 'Update celline; it never touches what a newer one wrote.',
    fields: { path, format },
  });
}

/** A record as `celline db backups` lists it. */
export function infoOf(record: BackupRecord, name: string, path: string): BackupInfo {
  const { at, reason, sequence, storeFormat, rows, files } = record;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name, path, at, reason, sequence, version: storeFormat, rows, bytes };
}

/** Backups that celline took by itself, which make room for newer ones by themselves. */
export function isAutomatic(reason: string): boolean {
  return reason !== 'manual';
}
