import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from './make-folders.ts';
import { systemCode } from './system-code.ts';

/** What a file may be written from. */
export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Writes a file whole or not at all, in place of what stands there: under the name `draft` in the same folder first, then
 * renamed. Folders that are missing are made. Nothing is left after an error. Not brought to the disk by force: what a power
 * failure may take (caches, recordings) can be had again.
 */
export async function writeWhole(path: string, content: FileContent, draft: string): Promise<void> {
  try {
    await writeInFolder(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The folder is there but for its first file, so it is made when it is missed. */
async function writeInFolder(path: string, content: FileContent): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await makeFolders(dirname(path));
    await writeFile(path, content, { flag: 'wx' });
  }
}
