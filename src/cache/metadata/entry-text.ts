import type { CacheEntry } from '../../ports/cache.ts';

/** The entry that a text holds; rejects with a `SyntaxError` when it holds none. What the members are is for the reader to check. */
export function readEntryText(text: string): CacheEntry {
  const entry: unknown = JSON.parse(text);
  if (typeof entry !== 'object' || entry === null) throw new SyntaxError('not an entry of the cache');
  return entry as CacheEntry;
}

/** The same, or null in place of the error. */
export function readableEntry(text: string): CacheEntry | null {
  try {
    return readEntryText(text);
  } catch {
    return null;
  }
}
