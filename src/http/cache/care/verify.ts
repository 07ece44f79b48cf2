import type { CacheEntry, ListedEntry } from '../../../ports/cache.ts';
import type { CacheExamination, CacheFinding } from '../../../ports/cache-care.ts';
import { isWhole } from '../entry-shape.ts';
import { blobKeyOf, isVerified } from '../stored-body.ts';
import { ORPHAN_GRACE_MS } from '../trim.ts';
import type { CareContext } from './care-context.ts';

/** Bodies that are read at once; those beyond 8 MiB are not held in memory. */
const AT_ONCE = 8;

/** A finding with how it is mended. */
interface Found extends Omit<CacheFinding, 'isRemoved'> {
  remove(): Promise<boolean>;
}

/** Looks at every entry, body and left-over file; removes what is bad when it shall. */
export function verifyCache(repairs: boolean, care: CareContext): CacheExamination {
  const seen = { entries: 0 };
  async function* findings(): AsyncGenerator<CacheFinding> {
    for await (const { remove, ...finding } of look(care, seen)) {
      yield { ...finding, isRemoved: repairs ? await remove() : false };
    }
  }
  return { findings: findings(), entries: () => seen.entries };
}

async function* look(care: CareContext, seen: { entries: number }): AsyncGenerator<Found> {
  const named = new Set<string>();
  yield* unreadableEntries(care, seen);
  yield* badEntries(care, seen, named);
  yield* orphans(care, named);
  yield* leftovers(care);
}

async function* unreadableEntries({ backends }: CareContext, seen: { entries: number }): AsyncGenerator<Found> {
  const { metadata } = backends;
  for await (const key of metadata.listUnreadable?.() ?? []) {
    seen.entries += 1;
    yield { kind: 'unreadable', name: key, url: null, bytes: null, remove: () => metadata.removeEntry(key) };
  }
}

async function* badEntries(care: CareContext, seen: { entries: number }, named: Set<string>): AsyncGenerator<Found> {
  // Bodies that several entries share are read once.
  const bodies = new Map<string, Promise<CacheFinding['kind'] | null>>();
  const examine = async (listed: ListedEntry): Promise<Found | null> => {
    seen.entries += 1;
    if (!isWhole(listed.entry)) return notWhole(listed, care);
    const body = blobKeyOf(listed.key, listed.entry);
    named.add(body);
    const result = bodies.get(body) ?? whatIsWrong(body, listed.entry, care);
    bodies.set(body, result);
    const kind = await result;
    return kind === null || !(await isStillThere(listed, care)) ? null : badBody(kind, body, listed, care);
  };
  let waiting: Promise<Found | null>[] = [];
  for await (const listed of care.backends.metadata.listEntries('')) {
    waiting.push(examine(listed));
    if (waiting.length < AT_ONCE) continue;
    yield* whatWasFound(await Promise.all(waiting));
    waiting = [];
  }
  yield* whatWasFound(await Promise.all(waiting));
}

function whatWasFound(results: readonly (Found | null)[]): Found[] {
  return results.filter((result) => result !== null);
}

function notWhole({ key, entry }: ListedEntry, { backends }: CareContext): Found {
  const url = typeof entry.url === 'string' ? entry.url : null;
  return { kind: 'unreadable', name: key, url, bytes: null, remove: () => backends.metadata.removeEntry(key) };
}

function badBody(
  kind: CacheFinding['kind'],
  body: string,
  { key, entry }: ListedEntry,
  { backends }: CareContext,
): Found {
  const remove = async (): Promise<boolean> => {
    await backends.blobs.delete(body);
    return backends.metadata.removeEntry(key);
  };
  return { kind, name: key, url: entry.url, bytes: entry.bodySize, remove };
}

async function whatIsWrong(
  body: string,
  entry: CacheEntry,
  { backends }: CareContext,
): Promise<CacheFinding['kind'] | null> {
  if (await isVerified(backends, body, entry)) return null;
  return (await backends.blobs.exists(body)) ? 'body_altered' : 'body_missing';
}

/** False when another process has removed or replaced it since it was listed. */
async function isStillThere({ key, entry }: ListedEntry, { backends }: CareContext): Promise<boolean> {
  const now = await backends.metadata.getEntry(key).catch(() => null);
  return now?.bodyHash === entry.bodyHash;
}

async function* orphans({ backends, clock }: CareContext, named: ReadonlySet<string>): AsyncGenerator<Found> {
  const { blobs } = backends;
  for await (const { key, size, storedAt } of blobs.listKeys('')) {
    if (named.has(key) || clock.now() - storedAt <= ORPHAN_GRACE_MS) continue;
    yield { kind: 'orphan', name: key, url: null, bytes: size, remove: () => blobs.delete(key) };
  }
}

async function* leftovers({ backends, clock }: CareContext): AsyncGenerator<Found> {
  for (const backend of [backends.metadata, backends.blobs]) {
    for await (const { name, bytes, writtenAt, remove } of backend.listLeftovers?.() ?? []) {
      if (clock.now() - writtenAt <= ORPHAN_GRACE_MS) continue;
      yield { kind: 'leftover', name, url: null, bytes, remove };
    }
  }
}
