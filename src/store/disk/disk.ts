import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../disk/make-folders.ts';
import { systemCode } from '../../disk/system-code.ts';
import { errorMessage } from '../../errors/error-message.ts';
import { StoreError, type StoreFailure } from '../../errors/store-error.ts';

export { systemCode };

/** Begins the name of every file that is being written. */
export const TEMPORARY_PREFIX = '.tmp-';

/** What a system error means for the store, by its code. */
const MEANINGS: Readonly<Record<string, { failure: StoreFailure; reason: string; hint: string }>> = {
  ENOSPC: { failure: 'operational', reason: 'the disk is full', hint: 'Free some space and run the command again.' },
  EDQUOT: {
    failure: 'operational',
    reason: 'the disk quota is used up',
    hint: 'Free some space and run the command again.',
  },
  EROFS: {
    failure: 'operational',
    reason: 'the file system is read-only',
    hint: 'Use a project folder that can be written.',
  },
  EACCES: {
    failure: 'operational',
    reason: 'permission denied',
    hint: 'Check who owns the folder and its permissions.',
  },
  EPERM: {
    failure: 'operational',
    reason: 'operation not permitted',
    hint: 'Check who owns the folder and its permissions.',
  },
  ENOTDIR: {
    failure: 'connection',
    reason: 'a file stands where a folder is needed',
    hint: 'Move that file away, or choose another tables folder.',
  },
  EEXIST: {
    failure: 'connection',
    reason: 'a file stands where a folder is needed',
    hint: 'Move that file away, or choose another tables folder.',
  },
  ENOENT: {
    failure: 'integrity',
    reason: 'it does not exist',
    hint: 'celline db check says what is missing; celline db restore brings a backup back.',
  },
  EMFILE: { failure: 'operational', reason: 'too many open files', hint: 'Raise the limit of open files (ulimit -n).' },
  EIO: { failure: 'operational', reason: 'the disk reports an error', hint: 'Check the disk.' },
};

/** A system error as a StoreError that names the path, the reason and the next step. */
export function diskError(error: unknown, action: string, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const meaning = MEANINGS[systemCode(error) ?? ''];
  const reason = meaning?.reason ?? errorMessage(error);
  return new StoreError(meaning?.failure ?? 'operational', `Cannot ${action} ${path}: ${reason}.`, {
    ...(meaning === undefined ? {} : { hint: meaning.hint }),
    fields: { path },
    cause: error,
  });
}

/** The text of a file, or null when there is none. */
export async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    // The folder `DB/` may be missing altogether; that it is a file must be said.
    if (code === 'ENOENT') return null;
    throw diskError(error, 'read', path);
  }
}

/** Names in a folder; none when there is no folder. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw diskError(error, 'list', path);
  }
}

/** Size in bytes and time of the last change (ms since 1970) of a file, or null when there is none. */
export async function fileState(path: string): Promise<{ bytes: number; changedAt: number } | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, changedAt: mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw diskError(error, 'read', path);
  }
}

/** Size in bytes and SHA-256 (hex) of a file: 1.5 GB a second. */
export async function fileDigest(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw diskError(error, 'read', path);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw diskError(error, 'make the folder', path);
    throw new StoreError('operational', `Cannot make the folder ${path}: the system lets nobody make one there.`, {
      hint: 'Choose another folder.',
      fields: { path },
      cause: error,
    });
  }
}

/** Brings the content of a file to the disk. */
export async function syncFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw diskError(error, 'bring to the disk', path);
  }
}

/** Codes of systems on which a folder cannot be synced: there a rename is durable by itself. */
const NO_FOLDER_SYNC = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES']);

/** Brings the names in a folder to the disk. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemCode(error) ?? '')) throw diskError(error, 'bring to the disk', path);
  }
}

/** A name beside `path` for a file that is being written; what a killed process leaves is removed by its age. */
export function temporaryBeside(path: string, id: string): string {
  return join(dirname(path), `${TEMPORARY_PREFIX}${id}`);
}

/** Writes a text to a new file and brings it to the disk. */
export async function writeSynced(path: string, text: string): Promise<void> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await removeIfThere(path);
    throw diskError(error, 'write', path);
  }
}

/** Gives a file its final name; replaces what stands there. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    throw diskError(error, 'rename', to);
  }
}

/** Writes a text as a whole: temporary file, fsync, rename. */
export async function replaceText(path: string, text: string, id: string): Promise<void> {
  const temporary = temporaryBeside(path, id);
  await writeSynced(temporary, text);
  await moveFile(temporary, path);
}

/** Removes a file; that it is not there, or cannot be removed, is no failure of what was asked: garbage stays behind. */
export async function removeIfThere(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
