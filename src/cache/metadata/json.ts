import { readFileSync } from 'node:fs';
import { readFile, utimes } from 'node:fs/promises';
import type { CacheEntry, ListedEntry, MetadataBackend } from '../../ports/cache.ts';
import {
  type CacheFile,
  isGone,
  listCacheFiles,
  listCacheSlices,
  listUnfinished,
  removeFile,
  writeCacheFile,
} from '../cache-files.ts';
import { cachePath } from '../cache-path.ts';
import { whileReading, whileWriting } from '../folder-fault.ts';
import { readEntryText } from './entry-text.ts';

const SUFFIX = '.cache';

/**
 * The default metadata back end: one small JSON file per entry, `.cache/v1/<handler>/<2 hex>/<md5>.cache`.
 * There is no index to load or to lose: 100,000 entries open in the time of one, and two processes never write the same file
 * except for the same key, where the last rename wins whole. The modification time of the file is the time of its last use.
 */
export function createJsonMetadata(folder: string): MetadataBackend {
  const pathOf = (key: string) => cachePath(folder, key, SUFFIX);
  return {
    putEntry: (key, entry) => whileWriting(folder, writeCacheFile(pathOf(key), `${JSON.stringify(entry)}\n`)),
    getEntry: (key) => whileReading(folder, readEntry(pathOf(key))),
    removeEntry: (key) => whileWriting(folder, removeFile(pathOf(key))),
    listEntries: (prefix, limit) => listJsonEntries(folder, prefix, limit),
    updateAccessTime: (key, at) => whileWriting(folder, touch(pathOf(key), at)),
    getStats: async () => ({ backend: 'json', entries: await countEntries(folder) }),
    clear: () => whileWriting(folder, clearEntries(folder)),
    listUnreadable: () => listUnreadable(folder),
    listLeftovers: () => listUnfinished(folder, SUFFIX),
    close: async () => {},
  };
}

async function readEntry(path: string): Promise<CacheEntry | null> {
  try {
    return readEntryText(await readFile(path, 'utf8'));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

async function* listJsonEntries(folder: string, prefix: string, limit = Number.POSITIVE_INFINITY) {
  let given = 0;
  for await (const files of listCacheSlices(folder, prefix, SUFFIX)) {
    for (const { key, entry, modifiedAt } of readSlice(files)) {
      if (given >= limit) return;
      if (entry === null) continue;
      given += 1;
      yield { key, entry, usedAt: modifiedAt } satisfies ListedEntry;
    }
  }
}

interface ReadEntry {
  readonly key: string;
  readonly entry: CacheEntry | null;
  readonly modifiedAt: number;
}

/** The entries of a slice, null where one cannot be read; those that are gone meanwhile are left out. */
function readSlice(files: readonly CacheFile[]): ReadEntry[] {
  return files.flatMap(({ key, path, modifiedAt }): ReadEntry[] => {
    try {
      return [{ key, entry: readEntryText(readFileSync(path, 'utf8')), modifiedAt }];
    } catch (error) {
      return isGone(error) ? [] : [{ key, entry: null, modifiedAt }];
    }
  });
}

async function* listUnreadable(folder: string): AsyncIterable<string> {
  for await (const files of listCacheSlices(folder, '', SUFFIX)) {
    for (const { key, entry } of readSlice(files)) if (entry === null) yield key;
  }
}

async function touch(path: string, at: number): Promise<void> {
  try {
    await utimes(path, at / 1000, at / 1000);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function countEntries(folder: string): Promise<number> {
  let entries = 0;
  for await (const _ of listCacheFiles(folder, '', SUFFIX)) entries += 1;
  return entries;
}

async function clearEntries(folder: string): Promise<number> {
  let removed = 0;
  for await (const { path } of listCacheFiles(folder, '', SUFFIX)) {
    if (await removeFile(path)) removed += 1;
  }
  return removed;
}
