import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../disk/system-code.ts';
import { CacheError } from '../errors/cache-error.ts';
import { errorMessage } from '../errors/error-message.ts';

/** What was going on when the folder failed. */
type Use = 'read' | 'written';

/** Where the folder is set. */
const SETTING = 'cacheDir (CELLINE_CACHE_DIR)';

const NO_ROOM = { reason: 'the disk is full', hint: `free some space, or set ${SETTING} to a folder with room` };
const NO_RIGHT = `check who owns the folder and its permissions, or set ${SETTING} to another one`;

/** What an error of the system means for the folder, by its code. */
const MEANINGS: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  EROFS: {
    reason: 'the file system is read-only',
    hint: `run the command where the folder can be written, or set ${SETTING} to one that can`,
  },
  EACCES: { reason: 'permission denied', hint: NO_RIGHT },
  EPERM: { reason: 'operation not permitted', hint: NO_RIGHT },
  ENOSPC: NO_ROOM,
  EDQUOT: { ...NO_ROOM, reason: 'the disk quota is used up' },
};

/**
 * The `CacheError` that an error of the system is to the cache folder: names the folder, the reason and the next step. Anything
 * else is given back as it is, also that a file to be read is not there: it may have gone meanwhile.
 */
export function folderFault(folder: string, use: Use, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === null || (code === 'ENOENT' && use === 'read') || !(cause instanceof Error && 'syscall' in cause))
    return cause;
  const file = fileInTheWay(cause);
  if (file !== null) return notAFolder(folder, file, cause);
  return folderError(folder, use, code, cause);
}

/** The same by the code alone (`ENOSPC`), for what tells such errors in words of its own. */
export function folderError(folder: string, use: Use, code: string, cause: unknown): CacheError {
  const { reason, hint } = MEANINGS[code] ?? {
    reason: errorMessage(cause),
    hint: `check the disk, or set ${SETTING} to another folder`,
  };
  const message = `the cache folder ${folder} cannot be ${use}: ${reason}`;
  return new CacheError(message, { hint, fields: { folder }, cause });
}

/** What is read of the cache folder, with its faults told as such. */
export function whileReading<T>(folder: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error) => {
    throw folderFault(folder, 'read', error);
  });
}

/** The same for what is written or removed. */
export function whileWriting<T>(folder: string, writing: Promise<T>): Promise<T> {
  return writing.catch((error) => {
    throw folderFault(folder, 'written', error);
  });
}

/** The same for what is read piece by piece. */
export async function* readingEach<T>(folder: string, items: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* items;
  } catch (error) {
    throw folderFault(folder, 'read', error);
  }
}

function notAFolder(folder: string, file: string, cause: Error): CacheError {
  const told = file === folder ? 'is a file, not a folder' : `cannot be used: ${file} is a file, not a folder`;
  return new CacheError(`the cache folder ${folder} ${told}`, {
    hint: `move the file away, or set ${SETTING} to a folder`,
    fields: { folder },
    cause,
  });
}

/** The file that stands where a folder is needed; null when the error is another one. */
function fileInTheWay(error: Error): string | null {
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null;
  if (path === null || !['ENOTDIR', 'EEXIST'].includes(systemCode(error) ?? '')) return null;
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const isFolder = folderOrFile(at);
    if (isFolder !== null) return isFolder ? null : at;
  }
  return null;
}

/** True for a folder, false for a file, null when it cannot be told. */
function folderOrFile(path: string): boolean | null {
  try {
    return statSync(path).isDirectory();
  } catch {
    return null;
  }
}
