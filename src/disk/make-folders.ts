import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './system-code.ts';

/**
 * Makes a folder and those above it that are missing; fine when it is there. Instead of `recursive`, with which Node 20 tries for
 * ever where the system says that a folder to be made does not exist (`/proc`), and names the wrong reason on a read-only disk.
 * Rejects with the error of the system. `mode`: rights of what is made, default 0o777 less the umask.
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  const missing = await madeOrMissing(path, mode);
  if (missing === null) return;
  if (dirname(path) === path) throw missing;
  await makeFolders(dirname(path), mode);
  const stillMissing = await madeOrMissing(path, mode);
  if (stillMissing !== null) throw stillMissing;
}

/** The same, at once. */
export function makeFoldersSync(path: string, mode = 0o777): void {
  const missing = madeOrMissingSync(path, mode);
  if (missing === null) return;
  if (dirname(path) === path) throw missing;
  makeFoldersSync(dirname(path), mode);
  const stillMissing = madeOrMissingSync(path, mode);
  if (stillMissing !== null) throw stillMissing;
}

/** Null when the folder is there now, else the error that something above it is missing. Rejects with any other. */
async function madeOrMissing(path: string, mode: number): Promise<Error | null> {
  try {
    await mkdir(path, mode);
    return null;
  } catch (error) {
    if (isMissing(error)) return error;
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) return null;
    throw error;
  }
}

function madeOrMissingSync(path: string, mode: number): Error | null {
  try {
    mkdirSync(path, mode);
    return null;
  } catch (error) {
    if (isMissing(error)) return error;
    if (isFolder(path)) return null;
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isMissing(error: unknown): error is Error {
  return systemCode(error) === 'ENOENT';
}
