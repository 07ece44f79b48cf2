import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CACHE_LAYOUT } from './cache-path.ts';

/** A file of the cache with its key. */
export interface CacheFile {
  readonly key: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Last modification in milliseconds since 1970-01-01 UTC. */
  readonly modifiedAt: number;
}

/** Writes a file whole or not at all: temporary name in the same folder, then rename. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes a file; true when it was there. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** True for the error of a file or folder that is not there. */
export function isAbsent(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The files with this suffix whose key starts with the prefix (`geo/`, or '' for all handlers). */
export async function* listCacheFiles(folder: string, prefix: string, suffix: string): AsyncIterable<CacheFile> {
  const root = join(folder, CACHE_LAYOUT);
  for (const handler of await entriesOf(root)) {
    if (!handler.isDirectory() || !sharesStart(`${handler.name}/`, prefix)) continue;
    for (const part of await entriesOf(join(root, handler.name))) {
      if (!part.isDirectory()) continue;
      for (const file of await entriesOf(join(root, handler.name, part.name))) {
        if (!file.name.endsWith(suffix)) continue;
        const key = `${handler.name}/${file.name.slice(0, -suffix.length)}`;
        if (!key.startsWith(prefix)) continue;
        const found = await describe(join(root, handler.name, part.name, file.name), key);
        if (found !== null) yield found;
      }
    }
  }
}

function sharesStart(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function describe(path: string, key: string): Promise<CacheFile | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { key, path, size, modifiedAt: mtimeMs };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
