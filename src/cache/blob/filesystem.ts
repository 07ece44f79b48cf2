import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../../disk/make-folders.ts';
import type { BlobBackend, BlobInput, StoredBlob } from '../../ports/cache.ts';
import { isGone, listCacheFiles, listUnfinished, removeFile, writeCacheFile } from '../cache-files.ts';
import { cachePath } from '../cache-path.ts';
import { readingEach, whileReading, whileWriting } from '../folder-fault.ts';

const SUFFIX = '.body';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

/** The default blob back end: one file per body, `.cache/v1/<handler>/<2 hex>/<sha256>.body`, written under another name and renamed. */
export function createFilesystemBlobs(folder: string): BlobBackend {
  const pathOf = (key: string) => cachePath(folder, key, SUFFIX);
  return {
    put: async (key, body) => {
      const path = pathOf(key);
      await whileWriting(folder, body instanceof Uint8Array ? writeCacheFile(path, body) : moveInto(path, body));
      return path;
    },
    get: (key) => whileReading(folder, openBlob(folder, pathOf(key))),
    delete: (key) => whileWriting(folder, removeFile(pathOf(key))),
    exists: async (key) => (await whileReading(folder, openBlob(folder, pathOf(key)))) !== null,
    async *listKeys(prefix) {
      for await (const { key, size, modifiedAt } of listCacheFiles(folder, prefix, SUFFIX)) {
        yield { key, size, storedAt: modifiedAt };
      }
    },
    listLeftovers: () => listUnfinished(folder, SUFFIX),
    close: async () => {},
  };
}

/** Takes over a file by rename; from another file system by copy and rename. */
async function moveInto(path: string, body: Exclude<BlobInput, Uint8Array>): Promise<void> {
  await makeFolders(dirname(path));
  try {
    await rename(body.file, path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EXDEV') throw error;
    const beside = `${path}.${randomUUID()}.tmp`;
    await copyFile(body.file, beside);
    await rename(beside, path);
    await rm(body.file, { force: true });
  }
}

async function openBlob(folder: string, path: string): Promise<StoredBlob | null> {
  try {
    const { size } = await stat(path);
    const stream = () => readingEach(folder, size <= CHUNK ? readWhole(path) : readChunks(path));
    return { size, file: path, stream };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** A stream costs a small file several times what reading it does. */
async function* readWhole(path: string): AsyncIterable<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes.byteLength > 0) yield bytes;
}

async function* readChunks(path: string): AsyncIterable<Uint8Array> {
  // Opened first, so that a missing file rejects here and not as an unheard `error` event of the stream.
  const handle = await open(path, 'r');
  yield* createReadStream(path, { fd: handle, autoClose: true, highWaterMark: CHUNK });
}
