import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createBlobRegistry } from '../../../src/cache/blob/registry.ts';
import { createMetadataRegistry } from '../../../src/cache/metadata/registry.ts';
import { createSpool } from '../../../src/http/body/spool.ts';
import { openCacheCare } from '../../../src/http/cache/care/open-cache-care.ts';
import { createUseLog, type UseLog } from '../../../src/http/cache/use-log.ts';
import type { CacheBackends, CacheEntry } from '../../../src/ports/cache.ts';
import type { BackendInfo, CacheCare } from '../../../src/ports/cache-care.ts';
import { temporaryFolder } from '../../cache/temporary-folder.ts';

/** Now, for every cache here. */
export const NOW = Date.UTC(2026, 5, 15);
/** Milliseconds. */
export const HOUR = 3_600_000;

/** A cache with its care. */
export interface FilledCache {
  readonly folder: string;
  readonly backends: CacheBackends;
  readonly care: CacheCare;
  readonly useLog: UseLog;
  /** Stores an answer and gives its key; the name is the last part of its address, `ageMs` since it came. */
  put(handler: string, name: string, ageMs: number, more?: Partial<CacheEntry> & { body?: string }): Promise<string>;
}

/** An empty cache of a pair of back ends, on the clock of this file. Answers are fresh for an hour, of `geo` for two. */
export async function openFilledCache(metadata = 'json', blob = 'filesystem', maxBytes = 10_000): Promise<FilledCache> {
  const folder = await temporaryFolder();
  let now = NOW;
  const context = { folder, now: () => now };
  const backends = {
    metadata: await createMetadataRegistry().open(metadata, context),
    blobs: await createBlobRegistry().open(blob, context),
  };
  const useLog = createUseLog(join(folder, 'use'));
  const care = openCacheCare({
    backends,
    clock: { now: () => NOW },
    spool: createSpool([folder], { now: () => NOW }),
    useLog,
    maxBytes,
    ttlOf: (handler) => (handler === 'geo' ? 7200 : 3600),
    operatorOf: (_handler, host) => (host.endsWith('.nih.example') ? 'NCBI' : null),
    known: backendsKnown(metadata, blob),
  });
  const put: FilledCache['put'] = async (handler, name, ageMs, { body = `body of ${name}`, ...more } = {}) => {
    const entry = entryOf(handler, name, ageMs, body, more);
    const key = `${handler}/${createHash('md5').update(entry.url).digest('hex')}`;
    now = NOW - ageMs;
    const path = await backends.blobs.put(`${handler}/${entry.bodyHash}`, new TextEncoder().encode(body));
    if (blob === 'filesystem') await utimes(path, now / 1000, now / 1000);
    await backends.metadata.putEntry(key, entry);
    await backends.metadata.updateAccessTime(key, now);
    now = NOW;
    return key;
  };
  return { folder, backends, care, useLog, put };
}

function entryOf(handler: string, name: string, ageMs: number, body: string, more: Partial<CacheEntry>): CacheEntry {
  return {
    version: 1,
    keyHash: 'ab',
    url: `https://${handler === 'geo' ? 'www.nih.example' : 'ena.example'}/${name}`,
    status: 200,
    fetchedAt: new Date(NOW - ageMs).toISOString(),
    headers: { 'content-type': 'text/plain' },
    checkedAs: 'text',
    bodyHash: createHash('sha256').update(body).digest('hex'),
    bodySize: Buffer.byteLength(body),
    ...more,
  };
}

function backendsKnown(metadata: string, blob: string): BackendInfo[] {
  const known = (kind: BackendInfo['kind'], name: string) => ({
    kind,
    name,
    description: `${kind} ${name}`,
    requiredPackages: [],
    unavailable: null,
    isInUse: true,
  });
  return [known('metadata', metadata), known('blob', blob)];
}

/** All items of a stream. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
