import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError, moveFile, removeIfThere, syncFolder, temporaryBeside } from '../store/disk/disk.ts';

/** A file that is being written; it appears under its name only when it is whole. */
export interface OutputFile {
  write(part: string | Uint8Array): Promise<void>;
}

/**
 * Writes a file under a temporary name beside its own, brings it to the disk and renames it; gives its size in bytes. After an
 * error, a full disk among them, nothing is left and what stood there before stands there still.
 */
export async function writeWholeFile(
  path: string,
  randomId: string,
  work: (file: OutputFile) => Promise<void>,
): Promise<number> {
  const temporary = temporaryBeside(path, randomId);
  let bytes = 0;
  try {
    const handle = await open(temporary, 'wx').catch((error: unknown) => {
      throw diskError(error, 'write', path);
    });
    const write = async (part: string | Uint8Array): Promise<void> => {
      // Unlike one write(), it goes on until all of it is there or the disk refuses.
      await handle.appendFile(part).catch((error: unknown) => {
        throw diskError(error, 'write', path);
      });
    };
    try {
      await work({ write });
      await handle.sync().catch((error: unknown) => {
        throw diskError(error, 'bring to the disk', path);
      });
      bytes = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    await moveFile(temporary, path);
  } finally {
    await removeIfThere(temporary);
  }
  await syncFolder(dirname(path));
  return bytes;
}
