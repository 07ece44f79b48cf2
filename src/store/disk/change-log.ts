import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Change } from '../../ports/store.ts';
import { diskError, makeFolder, removeIfThere } from './disk.ts';

/** The changes of a transaction in their order, on the disk: a list of 100,000 ids would fill the memory. */
export interface ChangeLog {
  /** Bytes that it holds; a place to cut back to. */
  readonly bytes: number;
  /** Adds a change. When that fails, the log is as before. */
  append(change: Change): Promise<void>;
  /** Forgets what was added after it had that many bytes. */
  cut(bytes: number): Promise<void>;
  /** All changes, oldest first. */
  read(): AsyncGenerator<Change>;
  /** Gives the file back. */
  close(): Promise<void>;
}

/** Bytes of the length before each change. */
const LENGTH_BYTES = 4;

/** An empty log in a folder. The file is opened by the first change; it has no name where a file may be open without one. */
export function createChangeLog(folder: string, id: string): ChangeLog {
  const path = join(folder, `transaction-${id}`);
  let file: FileHandle | null = null;
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    append: (change) =>
      naming('write', path, async () => {
        const content = serialize(change);
        const length = Buffer.alloc(LENGTH_BYTES);
        length.writeUInt32LE(content.length);
        file ??= await openNameless(folder, path);
        await writeAt(file, Buffer.concat([length, content]), bytes);
        bytes += LENGTH_BYTES + content.length;
      }),
    cut: (length) =>
      naming('write', path, async () => {
        await file?.truncate(length);
        bytes = length;
      }),
    read: async function* () {
      for (let position = 0; position < bytes; ) {
        const at = position;
        const content = await naming('read', path, () => readAt(file, at));
        position += LENGTH_BYTES + content.length;
        yield deserialize(content) as Change;
      }
    },
    close: async () => {
      const open = file;
      file = null;
      bytes = 0;
      await open?.close().catch(() => undefined);
      if (open !== null) await removeIfThere(path);
    },
  };
}

async function naming<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, action, path);
  }
}

/** The open file is all that is needed: a killed process leaves nothing. Where its name cannot go, `close` removes it. */
async function openNameless(folder: string, path: string): Promise<FileHandle> {
  await makeFolder(folder);
  const file = await open(path, 'wx+');
  await removeIfThere(path);
  return file;
}

async function writeAt(file: FileHandle, content: Buffer, position: number): Promise<void> {
  for (let written = 0; written < content.length; ) {
    const { bytesWritten } = await file.write(content, written, content.length - written, position + written);
    written += bytesWritten;
  }
}

async function readAt(file: FileHandle | null, position: number): Promise<Buffer> {
  const length = await readExactly(file, LENGTH_BYTES, position);
  return readExactly(file, length.readUInt32LE(), position + LENGTH_BYTES);
}

async function readExactly(file: FileHandle | null, bytes: number, position: number): Promise<Buffer> {
  const content = Buffer.alloc(bytes);
  let filled = 0;
  while (file !== null && filled < bytes) {
    const { bytesRead } = await file.read(content, filled, bytes - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  if (filled < bytes) throw new Error('it ends too early');
  return content;
}
