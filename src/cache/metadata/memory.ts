import type { CacheEntry, MetadataBackend } from '../../ports/cache.ts';

/** A metadata back end that lives as long as the process. */
export function createMemoryMetadata(now: () => number): MetadataBackend {
  const entries = new Map<string, { entry: CacheEntry; usedAt: number }>();
  return {
    putEntry: async (key, entry) => void entries.set(key, { entry: structuredClone(entry), usedAt: now() }),
    getEntry: async (key) => structuredClone(entries.get(key)?.entry ?? null),
    removeEntry: async (key) => entries.delete(key),
    async *listEntries(prefix, limit = Number.POSITIVE_INFINITY) {
      let given = 0;
      for (const [key, { entry, usedAt }] of [...entries]) {
        if (!key.startsWith(prefix)) continue;
        if (given >= limit) return;
        given += 1;
        yield { key, entry: structuredClone(entry), usedAt };
      }
    },
    updateAccessTime: async (key, at) => {
      const held = entries.get(key);
      if (held !== undefined) entries.set(key, { entry: held.entry, usedAt: at });
    },
    getStats: async () => ({ backend: 'memory', entries: entries.size }),
    clear: async () => {
      const { size } = entries;
      entries.clear();
      return size;
    },
    close: async () => {},
  };
}
