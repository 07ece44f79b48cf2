import type { CacheEntry } from '../../../ports/cache.ts';
import type { CacheExamination, CacheFinding } from '../../../ports/cache-care.ts';
import { isWhole } from '../entry.ts';
import { blobKeyOf, readVerified } from '../stored-body.ts';
import { ORPHAN_GRACE_MS } from '../trim.ts';
import type { CareContext } from './care-context.ts';

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
  const { metadata, blobs } = care.backends;
  // Bodies that several entries share are read once.
  const bad = new Map<string, CacheFinding['kind'] | null>();
  for await (const { key, entry } of metadata.listEntries('')) {
    seen.entries += 1;
    const removeEntry = () => metadata.removeEntry(key);
    if (!isWhole(entry)) {
      yield { kind: 'unreadable', name: key, url: textOrNull(entry.url), bytes: null, remove: removeEntry };
      continue;
    }
    const body = blobKeyOf(key, entry);
    named.add(body);
    if (!bad.has(body)) bad.set(body, await whatIsWrong(body, entry, care));
    const kind = bad.get(body) ?? null;
    if (kind === null || !(await isStillThere(key, entry, care))) continue;
    const remove = async (): Promise<boolean> => {
      await blobs.delete(body);
      return removeEntry();
    };
    yield { kind, name: key, url: entry.url, bytes: entry.bodySize, remove };
  }
}

async function whatIsWrong(
  body: string,
  entry: CacheEntry,
  { backends, spool }: CareContext,
): Promise<CacheFinding['kind'] | null> {
  if (!(await backends.blobs.exists(body))) return 'body_missing';
  return (await readVerified(backends, body, entry, spool)) === null ? 'body_altered' : null;
}

/** False when another process has removed or replaced it since it was listed. */
async function isStillThere(key: string, { bodyHash }: CacheEntry, { backends }: CareContext): Promise<boolean> {
  const now = await backends.metadata.getEntry(key).catch(() => null);
  return now?.bodyHash === bodyHash;
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

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
