import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../disk/system-code.ts';
import type { SlotChain } from './slot-chain.ts';
import { type ChainEnd, formatRecord, parseRecord, type SlotRecord } from './slot-record.ts';
import { createWhole, makeFolderIn, removeQuietly, TEMPORARY_PREFIX, type WholeFileSettings } from './whole-file.ts';

/** Records that stay in a folder. Who finds that so many came after the end it had read was too late. */
const KEPT = 8;

/** Times that somebody else may be faster, or the folder vanish, in a row. */
const MOST_TRIES = 1000;

/** Milliseconds after which a file that is still being written is what a killed process left. */
const TEMPORARY_MS = 60_000;

/** What a chain in a folder needs. */
export interface SlotFilesSettings extends WholeFileSettings {
  /** The folder that holds those of all operators; made, or found good, by the call. Throws when it cannot be used. */
  readonly limitsFolder: () => string;
  /** Name of the folder in it. */
  readonly name: () => string;
}

/**
 * A chain of small files, named by their number, that never change: the next number belongs to whoever makes that file. No lock
 * and nothing to wait for; a process that is killed leaves at most a temporary file. Throws when the folder cannot be used.
 */
export function createSlotFiles(settings: SlotFilesSettings): SlotChain {
  let folder: string | null = null;
  let tries = 0;

  function countTry(): void {
    tries += 1;
    if (tries > MOST_TRIES) throw new Error(`no record can be added in ${folder}`);
  }

  return {
    end() {
      for (; ; countTry()) {
        folder ??= makeFolderIn(settings.limitsFolder(), settings.name());
        const end = readEnd(folder);
        if (end !== null) return end;
        folder = null;
      }
    },
    append(end, record) {
      countTry();
      if (folder === null || !addRecord(folder, end.number + 1, record, settings)) return false;
      tries = 0;
      return true;
    },
  };
}

/** Null when the folder vanished, or the records were renewed while they were read. */
function readEnd(folder: string): ChainEnd | null {
  const numbers = listNumbers(folder);
  if (numbers === null) return null;
  let unread = 0;
  for (const number of numbers) {
    const text = readIfThere(join(folder, String(number)));
    if (text === null && unread === 0) return null;
    const record = text === null ? null : parseRecord(text);
    if (record !== null) return { number: numbers[0] ?? 0, record, unread };
    unread += 1;
  }
  return { number: numbers[0] ?? 0, record: null, unread };
}

/** Adds the record of this number; false when somebody was faster, or the folder vanished. */
function addRecord(folder: string, number: number, record: SlotRecord, settings: SlotFilesSettings): boolean {
  const path = join(folder, String(number));
  try {
    if (!createWhole(path, formatRecord(record), settings)) return false;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  const numbers = listNumbers(folder) ?? [];
  const newest = numbers[0] ?? number;
  for (const old of numbers) if (old <= newest - KEPT) removeQuietly(join(folder, String(old)));
  // A process that stood still since it read the end may find its number free again, since old records go.
  return newest < number + KEPT;
}

/** Numbers of the records, newest first; null when there is no folder. What killed processes left goes on the way. */
function listNumbers(folder: string): number[] | null {
  try {
    const names = readdirSync(folder);
    for (const name of names) if (name.startsWith(TEMPORARY_PREFIX)) removeIfOld(join(folder, name), folder);
    return names
      .filter((name) => /^[1-9]\d{0,14}$/.test(name))
      .map(Number)
      .sort((left, right) => right - left);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The time of the last record is the time of the folder: so no clock but the file system's is asked. */
function removeIfOld(path: string, folder: string): void {
  const age =
    statSync(folder).mtimeMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY);
  if (age > TEMPORARY_MS) removeQuietly(path);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    // A folder of that name, say: somebody else's.
    if (systemCode(error) === 'EISDIR') return '';
    throw error;
  }
}
