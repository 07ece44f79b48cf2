import { type FileHandle, open } from 'node:fs/promises';
import { isAbsent } from '../../disk/system-code.ts';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

/** An open file: it can be read whoever moves or removes it. */
export interface HeldFile {
  /** The bytes from the start; as often as wanted before it is released. */
  stream(): AsyncIterable<Uint8Array>;
  /** Closes it; a second time does nothing. */
  release(): Promise<void>;
}

/** Files that are held, with an end for those that nobody releases. */
export interface HeldFiles {
  /** Opens a file; null when it is not there. */
  hold(path: string): Promise<HeldFile | null>;
  /** Releases all. */
  close(): Promise<void>;
}

/** Creates a keeper of files; it holds none. */
export function createHeldFiles(): HeldFiles {
  const held = new Set<HeldFile>();
  return {
    hold: async (path) => {
      const handle = await openIfThere(path);
      if (handle === null) return null;
      const file: HeldFile = {
        stream: () => bytesOf(handle),
        release: async () => {
          if (held.delete(file)) await handle.close();
        },
      };
      held.add(file);
      return file;
    },
    close: async () => {
      await Promise.allSettled([...held].map((file) => file.release()));
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function* bytesOf(handle: FileHandle): AsyncIterable<Uint8Array> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
