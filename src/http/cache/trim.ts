import type { CacheBackends } from '../../ports/cache.ts';
import { blobKeyOf } from './stored-body.ts';

/** Share of the cap that is left when entries had to go, so that the next command need not trim again. */
const KEPT_SHARE = 0.8;

/** Share of the cap that is written between two looks at the size, on average. */
const LOOK_EVERY = 0.02;

/** Milliseconds for which a body may be without an entry: another process may be about to write it. */
const ORPHAN_GRACE_MS = 3_600_000;

/** What was removed. */
export interface TrimReport {
  readonly entries: number;
  readonly blobs: number;
  /** Bytes of bodies. */
  readonly bytes: number;
}

/**
 * True when it is time to look at the size. Looking costs a walk over all bodies (about 1 s for 100,000), so a process that stored
 * little looks seldom: on average once per 2 % of the cap that is written, by whichever process. `random` from 0 to below 1.
 */
export function isTimeToTrim(bytesStored: number, maxBytes: number, random: number): boolean {
  return bytesStored > 0 && random < bytesStored / (maxBytes * LOOK_EVERY);
}

interface HeldBody {
  readonly key: string;
  readonly size: number;
  /** Last use of any of its entries. */
  usedAt: number;
  readonly entries: string[];
}

/** Removes bodies without an entry, then the least recently used entries, until 80 % of the cap is left; nothing below the cap. */
export async function trimCache(backends: CacheBackends, maxBytes: number, now: number): Promise<TrimReport> {
  const bodies = new Map<string, HeldBody>();
  let total = 0;
  for await (const { key, size, storedAt } of backends.blobs.listKeys('')) {
    total += size;
    bodies.set(key, { key, size, usedAt: storedAt, entries: [] });
  }
  if (total <= maxBytes) return { entries: 0, blobs: 0, bytes: 0 };
  for await (const { key, entry, usedAt } of backends.metadata.listEntries('')) {
    const body = bodies.get(blobKeyOf(key, entry));
    if (body === undefined) continue;
    body.usedAt = body.entries.length === 0 ? usedAt : Math.max(body.usedAt, usedAt);
    body.entries.push(key);
  }
  return removeUntil(backends, goingOrder([...bodies.values()], now), total - maxBytes * KEPT_SHARE);
}

/** Orphans first, then the least recently used. A fresh orphan stays. */
function goingOrder(bodies: readonly HeldBody[], now: number): HeldBody[] {
  const isOrphan = ({ entries }: HeldBody) => entries.length === 0;
  const orphans = bodies.filter((body) => isOrphan(body) && now - body.usedAt > ORPHAN_GRACE_MS);
  const used = bodies.filter((body) => !isOrphan(body)).sort((left, right) => left.usedAt - right.usedAt);
  return [...orphans, ...used];
}

async function removeUntil({ metadata, blobs }: CacheBackends, bodies: readonly HeldBody[], wanted: number) {
  const report = { entries: 0, blobs: 0, bytes: 0 };
  for (const { key, size, entries } of bodies) {
    if (report.bytes >= wanted) break;
    for (const entry of entries) {
      if (await metadata.removeEntry(entry)) report.entries += 1;
    }
    if (await blobs.delete(key)) report.blobs += 1;
    report.bytes += size;
  }
  return report satisfies TrimReport;
}
