import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { systemCode } from '../disk/system-code.ts';
import type { Store } from '../ports/store.ts';
import type { StoreCare } from '../ports/store-care.ts';
import type { TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { check, failed } from './check-row.ts';
import { type ArchiveToCheck, examineArchive } from './examine-archive.ts';
import { type CacheFile, examineCache } from './examine-cache.ts';
import { examineCommits } from './examine-commits.ts';
import { type CredentialFile, examineCredentials } from './examine-credentials.ts';
import { examineNcbiKey, type NcbiAnswer } from './examine-ncbi-key.ts';
import { examineSegments } from './examine-segments.ts';
import type { Check } from './project.ts';

/** Bytes under which the disk is called nearly full: a compaction needs room for a second copy of the largest table. */
const LITTLE_ROOM = 500_000_000;

/** What a doctor examines. */
export interface Patient {
  readonly root: string;
  readonly configFiles: readonly string[];
  readonly dbDir: string;
  /** Null while a recording answers: nothing is read from the cache. */
  readonly cache: CacheFile | null;
  readonly nodeVersion: string;
  /** The folder through which limits are shared. Throws when there is none. */
  readonly runtimeFolder: () => string;
  /** Name of the storage back end. */
  readonly backend: string;
  readonly store: Store;
  /** Null when the back end has none. */
  readonly openCare: (() => Promise<StoreCare>) | null;
  readonly archives: readonly ArchiveToCheck[];
  /** `environment NCBI_API_KEY_FILE`; null without a key. */
  readonly ncbiKeySource: string | null;
  readonly credentials: CredentialFile;
}

/** Examines a project, check by check; archives are asked unless `offline`. */
export async function* examine(patient: Patient, offline: boolean): AsyncGenerator<Check> {
  yield check('node', 'ok', `Node ${patient.nodeVersion}`);
  yield check('project', 'ok', patient.root);
  yield patient.configFiles.length === 0
    ? check('config', 'warning', 'no configuration file; defaults are used', 'Run: celline init')
    : check('config', 'ok', patient.configFiles.join(', '));
  yield check('store', 'ok', `${patient.backend}: ${abilitiesOf(patient.store)}`);
  for (const table of Object.keys(TABLES) as TableName[]) yield await examineTable(table, patient.store);
  yield await examineWriting(patient.dbDir);
  const commits = patient.openCare === null ? null : await examineCommits(patient.openCare);
  if (commits !== null) yield commits;
  const segments = patient.openCare === null ? null : await examineSegments(patient.openCare);
  if (segments !== null) yield segments;
  yield await examinePlainTables(patient.store);
  yield patient.cache === null ? check('cache', 'skipped', 'a recording answers') : await examineCache(patient.cache);
  yield await examineDisk(patient.dbDir, patient.root);
  yield await examineLimits(patient.runtimeFolder);
  yield* examineArchives(patient, offline);
  yield* examineCredentials(patient.credentials, offline);
}

/** The archives, then what their answers say about NCBI's key. */
async function* examineArchives({ archives, ncbiKeySource }: Patient, offline: boolean): AsyncGenerator<Check> {
  const answers: NcbiAnswer[] = [];
  for (const archive of archives) {
    const { row, error } = offline
      ? { row: check(archive.operator, 'skipped', 'offline'), error: null }
      : await examineArchive(archive);
    yield row;
    if (archive.sendsNcbiKey === null) continue;
    answers.push({ mirror: archive.mirror, sendsKey: archive.sendsNcbiKey, error });
  }
  yield examineNcbiKey(ncbiKeySource, offline ? null : answers);
}

/** What the back end can do, by name; what it cannot is told as `not …`. */
function abilitiesOf({ abilities }: Store): string {
  return Object.entries(abilities)
    .map(([name, has]) => (has ? name : `not ${name}`))
    .join(', ');
}

async function examineTable(table: TableName, store: Store): Promise<Check> {
  try {
    return check(`table ${table}`, 'ok', `${await store.count({ table })} rows`);
  } catch (error) {
    return failed(`table ${table}`, error);
  }
}

async function examinePlainTables(store: Store): Promise<Check> {
  try {
    const behind = (await store.plainTables()).filter((table) => table.behind > 0);
    if (behind.length === 0) return check('plain tables', 'ok', 'current');
    const names = behind.map((table) => `${table.name} by ${table.behind} rows`).join(', ');
    return check('plain tables', 'warning', `behind: ${names}`, 'Bring them up to date: celline db checkpoint');
  } catch (error) {
    return failed('plain tables', error);
  }
}

/** Tables can be read where they cannot be written; a folder that is not there yet is made by the first commit. */
async function examineWriting(dbDir: string): Promise<Check> {
  try {
    await access(dbDir, constants.W_OK);
    return check('tables folder', 'ok', dbDir);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return check('tables folder', 'ok', `${dbDir}, not there yet`);
    const hint = 'celline can read but not add; give yourself the right to write, or set dbDir to another folder.';
    return { ...failed('tables folder', error), hint };
  }
}

/** Start times are claimed in a folder; without it every process keeps the limits by itself. */
async function examineLimits(runtimeFolder: () => string): Promise<Check> {
  try {
    const folder = runtimeFolder();
    await access(folder, constants.W_OK);
    return check('limits', 'ok', `shared with all your processes on this machine through ${folder}`);
  } catch (error) {
    const hint = 'Run one process at a time, or set CELLINE_RUNTIME_DIR to a folder of yours on this machine.';
    return { ...failed('limits', error), state: 'warning', hint };
  }
}

async function examineDisk(dbDir: string, root: string): Promise<Check> {
  try {
    const stats = await statfs(dbDir).catch(() => statfs(root));
    const free = stats.bavail * stats.bsize;
    const text = `${(free / 1e9).toFixed(1)} GB free`;
    return free < LITTLE_ROOM
      ? check('disk', 'warning', text, 'Make room before the next large add.')
      : check('disk', 'ok', text);
  } catch (error) {
    return failed('disk', error);
  }
}
