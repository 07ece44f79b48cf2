import { readFile, utimes } from 'node:fs/promises';
import type { CacheEntry, ListedEntry, MetadataBackend } from '../../ports/cache.ts';
import { isAbsent, listCacheFiles, removeFile, writeWhole } from '../cache-files.ts';
import { cachePath } from '../cache-path.ts';

const SUFFIX = '.cache';

/**
 * The default metadata back end: one small JSON file per entry, `.cache/v1/<handler>/<2 hex>/<md5>.cache`.
 * There is no index to load or to lose: 100,000 entries open in the time of one, and two processes never write the same file
 * except for the same key, where the last rename wins whole. The modification time of the file is the time of its last use.
 */
export function createJsonMetadata(folder: string): MetadataBackend {
  const pathOf = (key: string) => cachePath(folder, key, SUFFIX);
  return {
    putEntry: (key, entry) => writeWhole(pathOf(key), `${JSON.stringify(entry)}\n`),
    getEntry: (key) => readEntry(pathOf(key)),
    removeEntry: (key) => removeFile(pathOf(key)),
    listEntries: (prefix, limit) => listJsonEntries(folder, prefix, limit),
    updateAccessTime: (key, at) => touch(pathOf(key), at),
    getStats: async () => ({ backend: 'json', entries: await countEntries(folder) }),
    clear: () => clearEntries(folder),
    close: async () => {},
  };
}

async function readEntry(path: string): Promise<CacheEntry | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  const entry: unknown = JSON.parse(text);
  if (typeof entry !== 'object' || entry === null) throw new SyntaxError(`${path} holds no entry`);
  return entry as CacheEntry;
}

async function* listJsonEntries(folder: string, prefix: string, limit = Number.POSITIVE_INFINITY) {
  let given = 0;
  for await (const { key, path, modifiedAt } of listCacheFiles(folder, prefix, SUFFIX)) {
    if (given >= limit) return;
    const entry = await readEntry(path).catch(() => null);
    if (entry === null) continue;
    given += 1;
    yield { key, entry, usedAt: modifiedAt } satisfies ListedEntry;
  }
}

async function touch(path: string, at: number): Promise<void> {
  try {
    await utimes(path, at / 1000, at / 1000);
  } catch (error) {
    if (!isAbsent(error)) throw error;
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
