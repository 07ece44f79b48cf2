import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { diskError } from '../store/disk/disk.ts';

/** Stands for stdin in a list of paths. */
export const STDIN = '-';

/** A file that can be read at any place, more than once. */
export interface ReadableFile {
  readonly path: string;
  /** Removes what was made for it. */
  release(): Promise<void>;
}

/**
 * The file itself, or, of stdin, a pipe or a device, a copy in the folder for temporary files: readers look at the beginning
 * first, and DuckDB jumps to the end. `stdin` is what `-` stands for.
 */
export async function spoolPipe(
  path: string,
  signal: AbortSignal,
  stdin?: AsyncIterable<Uint8Array>,
): Promise<ReadableFile> {
  const state = path === STDIN ? null : await stat(path).catch(() => null);
  if (path !== STDIN && (state === null || state.isFile())) return { path, async release() {} };
  const folder = await mkdtemp(join(tmpdir(), 'celline-import-')).catch((error: unknown) => {
    throw diskError(error, 'make a folder in', tmpdir());
  });
  const copy = join(folder, 'stdin');
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(path === STDIN ? (stdin ?? descriptorZero()) : createReadStream(path), createWriteStream(copy), {
      signal,
    });
    return { path: copy, release };
  } catch (error) {
    await release();
    signal.throwIfAborted();
    throw diskError(error, `copy ${path === STDIN ? 'stdin' : path} to`, copy);
  }
}

/** Fails with EAGAIN when it is a pipe that has been made non-blocking and whose writer is slow. */
function descriptorZero(): AsyncIterable<Uint8Array> {
  return createReadStream('', { fd: 0, autoClose: false });
}
