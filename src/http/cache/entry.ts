import type { CacheBackends, CacheEntry } from '../../ports/cache.ts';
import type { CacheUse } from '../../ports/cache-care.ts';
import type { RawBody } from '../body/body.ts';
import type { Spool } from '../body/spool.ts';
import type { CacheKey, Reply } from '../exchange.ts';
import { keptHeaders } from '../kept-headers.ts';
import type { SecretMask } from '../secrets/secret-mask.ts';
import { createGuard, onceEach } from './cache-guard.ts';
import { entryOf, isWhole } from './entry-shape.ts';
import { REFUSAL } from './policy.ts';
import { blobKeyOf, bodyToKeep, type EncodedBody, encodeBody, readVerified, storeBody } from './stored-body.ts';
import { NO_USE } from './use-log.ts';

/** A stored answer that was found whole. */
export interface StoredAnswer {
  readonly entry: CacheEntry;
  readonly body: RawBody;
}

/** Reads and writes answers; nothing here fails a request. */
export interface EntryStore {
  /** The stored answer to the same question, or null. A damaged one is removed. */
  read(key: CacheKey, checkedAs: string): Promise<StoredAnswer | null>;
  /** Stores an answer and gives its body, which may have moved into the cache. */
  write(key: CacheKey, url: string, checkedAs: string, reply: Reply, statedTtl: number | null): Promise<RawBody>;
  /** Notes that what was read is fresh no more. */
  stale(): void;
  /** Removes a stored answer that its reader has found to be none. */
  forget(key: CacheKey): Promise<void>;
  /** Notes that a stored answer was confirmed by the archive. */
  confirm(key: CacheKey, entry: CacheEntry): Promise<void>;
  /** Notes that a stored answer was served at `now`. */
  used(key: CacheKey, now: number): Promise<void>;
  counts(): CacheUse;
}

/** What the entry store needs. */
export interface EntryStoreSettings {
  readonly backends: CacheBackends;
  readonly spool: Spool;
  /** A line for the user; each kind comes once. */
  readonly warn: (message: string) => void;
  /** Told after each body that was stored. */
  readonly stored: () => void;
  /** What no file may hold. */
  readonly secrets: SecretMask;
}

const DAMAGED = 'a stored answer was damaged and is asked for again';
const REPEATS = 'an answer repeats a credential and is not stored';

/** Opens the entry store over two back ends. */
export function createEntryStore({ backends, stored, spool, warn, secrets }: EntryStoreSettings): EntryStore {
  const { counts, add } = createCounts();
  const warnOnce = onceEach(warn);
  const guarded = createGuard(warnOnce);
  return {
    read: async (key, wanted) => {
      const found = await guarded(() => findEntry(backends, key, wanted, spool), null);
      if (found !== null && found !== 'damaged') return found;
      add('misses');
      if (found === null) return null;
      add('damaged');
      warnOnce('damaged', `${DAMAGED} (${key.name}; more of them are only counted)`);
      await guarded(() => backends.metadata.removeEntry(key.name), false);
      return null;
    },
    write: (key, url, wanted, reply, statedTtl) =>
      guarded(async () => {
        const isSecret = await repeatsSecret(url, reply, secrets);
        if (isSecret) warnOnce('secret', `${REPEATS} (${secrets.mask(url)})`);
        if (isSecret) return reply.body;
        const answer = await describeAnswer(backends, key, { url, wanted, reply, statedTtl }, spool);
        const isStored = await guarded(() => storeAnswer(backends, key, reply.body, answer), false);
        if (isStored) add('bytesStored', sizeOf(answer.encoded.content));
        if (isStored) stored();
        return answer.body;
      }, reply.body),
    forget: async (key) => void (await guarded(() => backends.metadata.removeEntry(key.name), false)),
    stale: () => add('stale'),
    confirm: (key, entry) => {
      add('revalidated');
      return guarded(() => backends.metadata.putEntry(key.name, entry), undefined);
    },
    used: (key, now) => {
      add('hits');
      return noteUse(backends, key, now);
    },
    counts,
  };
}

/** A cache that can only be read, as one that many share, is used all the same: no word about a time that cannot be noted. */
async function noteUse({ metadata }: CacheBackends, { name }: CacheKey, now: number): Promise<void> {
  try {
    await metadata.updateAccessTime(name, now);
  } catch {
    // The entry is served; it may go sooner.
  }
}

/** An answer with what the entry says of its question. */
interface AnswerToStore {
  readonly url: string;
  readonly wanted: string;
  readonly reply: Reply;
  readonly statedTtl: number | null;
}

/** An answer as it is going to be stored. */
interface DescribedAnswer {
  readonly entry: CacheEntry;
  readonly blobKey: string;
  readonly encoded: EncodedBody;
  /** The body to go on with. */
  readonly body: RawBody;
}

/** Makes what is stored of an answer; stores nothing. */
async function describeAnswer(
  backends: CacheBackends,
  key: CacheKey,
  { url, wanted, reply, statedTtl }: AnswerToStore,
  spool: Spool,
): Promise<DescribedAnswer> {
  const encoded = await encodeBody(backends, reply.body, { mediaType: mediaTypeOf(reply), checkedAs: wanted }, spool);
  const known = entryOf(key, url, wanted, reply, encoded.encoding);
  const entry = statedTtl === null ? known : { ...known, ttl: statedTtl };
  const blobKey = blobKeyOf(key.name, entry);
  return { entry, blobKey, encoded, body: await bodyToKeep(backends, blobKey, entry, reply.body, spool) };
}

/**
 * Stores the body, then the entry that leads to it: an entry is never there before its body. It may move the body away and then
 * fail: the one of the answer stays whole.
 */
async function storeAnswer(
  backends: CacheBackends,
  key: CacheKey,
  body: RawBody,
  { entry, blobKey, encoded }: DescribedAnswer,
): Promise<true> {
  await storeBody(backends, blobKey, body, encoded);
  await backends.metadata.putEntry(key.name, entry);
  return true;
}

/** True when the archive sent a credential back, in the body or in what is kept of the head. */
async function repeatsSecret(url: string, reply: Reply, secrets: SecretMask): Promise<boolean> {
  if (secrets.isEmpty()) return false;
  const kept = JSON.stringify([url, keptHeaders(reply.headers)]);
  return secrets.mask(kept) !== kept || secrets.isIn(reply.body.stream());
}

function createCounts() {
  const use: Record<keyof CacheUse, number> = { ...NO_USE };
  return {
    counts: (): CacheUse => ({ ...use }),
    add: (name: keyof CacheUse, by = 1): void => {
      use[name] += by;
    },
  };
}

async function findEntry(
  backends: CacheBackends,
  key: CacheKey,
  wanted: string,
  spool: Spool,
): Promise<StoredAnswer | 'damaged' | null> {
  const entry = await backends.metadata.getEntry(key.name).catch((error) => unreadable(error));
  if (entry === null) return null;
  if (entry === 'damaged' || !isWhole(entry)) return 'damaged';
  if (entry.keyHash !== key.hash || ![wanted, REFUSAL].includes(entry.checkedAs)) return null;
  // Written by a serializer that is not here: asked again, but no damage.
  if (!isReadable(backends, entry)) return null;
  const blobKey = blobKeyOf(key.name, entry);
  const body = await readVerified(backends, blobKey, entry, spool);
  if (body !== null) return { entry, body };
  if (await isReplaced(backends, key, entry)) return null;
  await backends.blobs.delete(blobKey);
  return 'damaged';
}

/** True when another process has removed or replaced the entry since it was read: then its body is no damage. */
async function isReplaced({ metadata }: CacheBackends, key: CacheKey, entry: CacheEntry): Promise<boolean> {
  const now = await metadata.getEntry(key.name).catch(() => entry);
  return now?.bodyHash !== entry.bodyHash;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
function mediaTypeOf({ headers }: Reply): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function sizeOf(content: EncodedBody['content']): number {
  if (content === null) return 0;
  return content instanceof Uint8Array ? content.byteLength : content.size;
}

function isReadable({ serializers }: CacheBackends, { encoding }: CacheEntry): boolean {
  return encoding === undefined || (serializers?.find(encoding.serializer) ?? null) !== null;
}

function unreadable(error: unknown): 'damaged' {
  if (error instanceof SyntaxError) return 'damaged';
  throw error;
}
