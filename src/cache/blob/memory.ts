import { readFile } from 'node:fs/promises';
import type { BlobBackend } from '../../ports/cache.ts';

/** A blob back end that lives as long as the process. */
export function createMemoryBlobs(now: () => number): BlobBackend {
  const blobs = new Map<string, { bytes: Uint8Array; storedAt: number }>();
  return {
    put: async (key, body) => {
      const bytes = body instanceof Uint8Array ? body : await readFile(body.file);
      blobs.set(key, { bytes, storedAt: now() });
      return `memory:${key}`;
    },
    get: async (key) => {
      const held = blobs.get(key);
      if (held === undefined) return null;
      return {
        size: held.bytes.byteLength,
        async *stream() {
          yield held.bytes;
        },
      };
    },
    delete: async (key) => blobs.delete(key),
    exists: async (key) => blobs.has(key),
    async *listKeys(prefix) {
      for (const [key, { bytes, storedAt }] of [...blobs]) {
        if (key.startsWith(prefix)) yield { key, size: bytes.byteLength, storedAt };
      }
    },
    close: async () => {},
  };
}
