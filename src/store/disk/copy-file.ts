import { constants, copyFile } from 'node:fs/promises';
import { diskError, fileDigest, syncFile } from './disk.ts';

/**
 * Copies a file to a new path and brings it to the disk; the blocks are shared where the file system can (reflink). Gives
 * size and SHA-256 (hex) of what the copy reads as, so that damage on either side shows.
 */
export async function copySynced(from: string, to: string): Promise<{ bytes: number; sha256: string }> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    throw diskError(error, 'copy', `${from} to ${to}`);
  }
  const digest = await fileDigest(to);
  await syncFile(to);
  return digest;
}
