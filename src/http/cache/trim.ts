import type { CacheBackends } from '../../ports/cache.ts';
import type { CacheRemoval } from '../../ports/cache-care.ts';
import { blobKeyOf } from './stored-body.ts';

/** Milliseconds for which a body may be without an entry: another process may be about to write it. */
export const ORPHAN_GRACE_MS = 3_600_000;

/** When entries go, and how many. Bytes of stored bodies. */
export interface TrimSettings {
  /** Nothing goes when there are no more bytes than this. */
  readonly above: number;
  /** Bytes that are left. */
  readonly to: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  /** True: only count. Default false. */
  readonly dryRun?: boolean;
}

/** What went, and what is left. */
export interface TrimReport extends CacheRemoval {
  /** Bytes of the bodies that are left. */
  readonly left: number;
}

interface HeldBody {
  readonly key: string;
  readonly size: number;
  /** Last use of any of its entries. */
  usedAt: number;
  readonly entries: string[];
}

/** Removes bodies without an entry, then the least recently used entries, until it is few enough bytes. */
export async function trimCache(backends: CacheBackends, settings: TrimSettings): Promise<TrimReport> {
  const bodies = new Map<string, HeldBody>();
  let total = 0;
  for await (const { key, size, storedAt } of backends.blobs.listKeys('')) {
    total += size;
    bodies.set(key, { key, size, usedAt: storedAt, entries: [] });
  }
  if (total <= settings.above) return { entries: 0, bodies: 0, bytes: 0, left: total };
  for await (const { key, entry, usedAt } of backends.metadata.listEntries('')) {
    const body = bodies.get(blobKeyOf(key, entry));
    if (body === undefined) continue;
    body.usedAt = body.entries.length === 0 ? usedAt : Math.max(body.usedAt, usedAt);
    body.entries.push(key);
  }
  const going = chooseBodies(goingOrder([...bodies.values()], settings.now), total - settings.to);
  const removed = await remove(backends, going, settings.dryRun ?? false);
  return { ...removed, left: total - removed.bytes };
}

/** Orphans first, then the least recently used. A fresh orphan stays. */
function goingOrder(bodies: readonly HeldBody[], now: number): HeldBody[] {
  const isOrphan = ({ entries }: HeldBody) => entries.length === 0;
  const orphans = bodies.filter((body) => isOrphan(body) && now - body.usedAt > ORPHAN_GRACE_MS);
  const used = bodies.filter((body) => !isOrphan(body)).sort((left, right) => left.usedAt - right.usedAt);
  return [...orphans, ...used];
}

/** The first ones that together have the wanted bytes. */
function chooseBodies(bodies: readonly HeldBody[], wanted: number): HeldBody[] {
  const chosen: HeldBody[] = [];
  let bytes = 0;
  for (const body of bodies) {
    if (bytes >= wanted) break;
    chosen.push(body);
    bytes += body.size;
  }
  return chosen;
}

async function remove(
  { metadata, blobs }: CacheBackends,
  bodies: readonly HeldBody[],
  dryRun: boolean,
): Promise<CacheRemoval> {
  const removal = { entries: 0, bodies: 0, bytes: 0 };
  for (const { key, size, entries } of bodies) {
    // Entries first: whoever reads meanwhile finds nothing rather than half.
    for (const entry of entries) removal.entries += Number(dryRun || (await metadata.removeEntry(entry)));
    removal.bodies += Number(dryRun || (await blobs.delete(key)));
    // Also when another process was faster: it is gone.
    removal.bytes += size;
  }
  return removal;
}
