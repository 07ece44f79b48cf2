import { rm } from 'node:fs/promises';
import { isThere } from '../../disk/is-there.ts';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import type { BodyEncoding, CacheBackends, CacheEntry } from '../../ports/cache.ts';
import type { BodyTraits } from '../../ports/cache-serializer.ts';
import { type BodyFacts, collectBody, factsOfBody, MEMORY_LIMIT, type RawBody } from '../body/body.ts';
import type { Spool } from '../body/spool.ts';
import { lastingBody } from './lasting-body.ts';

/** The halves of a cache that bodies go through. */
export type BodyBackends = Pick<CacheBackends, 'blobs' | 'serializers' | 'shared'>;

/** A body on its way into the store. */
export interface EncodedBody {
  /** Bytes or a file; null: the cache has it already. */
  readonly content: RawBody['content'];
  /** Null: stored as it came. */
  readonly encoding: BodyEncoding | null;
}

/**
 * The blob of an entry: `<handler>/<sha256>` and the ending of its serializer, so that equal bodies of a handler are stored once.
 * `name` is the entry's key.
 */
export function blobKeyOf(name: string, { bodyHash, encoding }: Pick<CacheEntry, 'bodyHash' | 'encoding'>): string {
  return `${name.slice(0, name.indexOf('/'))}/${bodyHash}${encoding?.suffix ?? ''}`;
}

/**
 * The body if its bytes are the ones that came, else null. Small ones come into memory. Large ones are read twice, those of a
 * service once, into a file.
 */
export async function readVerified(
  backends: BodyBackends,
  blobKey: string,
  entry: CacheEntry,
  spool: Spool,
): Promise<RawBody | null> {
  const stored = await openBody(backends, blobKey, entry);
  if (stored === null) return null;
  const { bodySize, url } = entry;
  if (bodySize > MEMORY_LIMIT && backends.shared !== true) return readLarge(stored, entry, spool);
  const body = await orDamaged(collectBody(stored.stream(), { maxBytes: bodySize, url, spool }));
  return body !== null && isOf(entry, body) ? body : null;
}

/** True when the bytes of the stored body are the ones that came. */
export async function isVerified(backends: BodyBackends, blobKey: string, entry: CacheEntry): Promise<boolean> {
  const stored = await openBody(backends, blobKey, entry);
  const facts = stored === null ? null : await orDamaged(factsOfBody(stored.stream()));
  return facts !== null && isOf(entry, facts);
}

/** What was verified is what is read: the file stays open in between. */
async function readLarge(stored: OpenBody, entry: CacheEntry, spool: Spool): Promise<RawBody | null> {
  const { file, decode, stream } = stored;
  const held = file === undefined ? null : await spool.hold(file);
  if (file !== undefined && held === null) return null;
  const facts = await orDamaged(factsOfBody(held === null ? stream() : decode(held.stream())));
  if (facts !== null && isOf(entry, facts)) return lastingBody(facts, { held, decode, again: stream, url: entry.url });
  await held?.release();
  return null;
}

function isOf({ bodyHash, bodySize }: CacheEntry, { size, sha256 }: BodyFacts): boolean {
  return size === bodySize && sha256 === bodyHash;
}

/** Null for what cannot be decoded, or is longer than it was; other errors are those of the store. */
async function orDamaged<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BadResponseError) return null;
    throw error;
  }
}

/** A stored body that is there. */
interface OpenBody {
  /** The file that holds what the store made of it, where there is one. */
  readonly file: string | undefined;
  readonly decode: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** The body as it came. */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

/** The stored body; null when it is not there, has another size, or nobody here can read it. */
async function openBody(
  { blobs, serializers }: BodyBackends,
  blobKey: string,
  { bodySize: size, encoding }: CacheEntry,
): Promise<OpenBody | null> {
  const blob = await blobs.get(blobKey);
  if (blob === null) return null;
  const { file } = blob;
  if (encoding === undefined) {
    return blob.size === size ? { file, decode: (bytes) => bytes, stream: () => blob.stream() } : null;
  }
  const serializer = serializers?.find(encoding.serializer) ?? null;
  if (serializer === null) return null;
  const notes = encoding.notes ?? {};
  const decode = (bytes: AsyncIterable<Uint8Array>) => serializer.get(bytes, { size, notes });
  return { file, decode, stream: () => decode(blob.stream()) };
}

/** The body as the first serializer that takes it would store it. */
export async function encodeBody(
  { serializers }: BodyBackends,
  body: RawBody,
  traits: Pick<BodyTraits, 'mediaType' | 'checkedAs'>,
  spool: Spool,
): Promise<EncodedBody> {
  const { size, head, tail } = body;
  const known: BodyTraits = { ...traits, size, head, tail };
  const chosen = serializers?.choose(known) ?? null;
  if (chosen === null) return { content: body.content, encoding: null };
  const { name, serializer } = chosen;
  const source = body.stream();
  const { chunks, notes } = await serializer.put(source, known);
  const isUntouched = chunks === source && body.content !== null;
  const written = isUntouched
    ? body
    : await collectBody(chunks, { maxBytes: Number.POSITIVE_INFINITY, url: '', spool });
  const { suffix } = serializer;
  return {
    content: written.content,
    encoding: { serializer: name, suffix, ...(notes === undefined ? {} : { notes }) },
  };
}

/**
 * A body that is about to be stored, readable whatever becomes of that: one in a file, which the store may move away, is held,
 * and comes from the file or the store when it is read again.
 */
export async function bodyToKeep(
  backends: BodyBackends,
  blobKey: string,
  entry: CacheEntry,
  body: RawBody,
  spool: Spool,
): Promise<RawBody> {
  const { content } = body;
  if (content === null || content instanceof Uint8Array) return body;
  // JSON is not read a second time once it was parsed for a check.
  const parsed = body.jsonInMemory();
  const held = parsed === null ? await spool.hold(content.file) : null;
  const again = async function* () {
    // What went to a service stays here as well until the command ends: the service may fail.
    const stored = (await isThere(content.file)) ? null : await openBody(backends, blobKey, entry);
    yield* (stored ?? body).stream();
  };
  return lastingBody(body, { held, decode: (bytes) => bytes, again, url: entry.url }, parsed);
}

/** Stores a body as `encoded`: a large one is on the disk once afterwards. */
export async function storeBody(
  backends: BodyBackends,
  blobKey: string,
  { content }: RawBody,
  { content: stored }: EncodedBody,
): Promise<void> {
  if (stored === null) return;
  await backends.blobs.put(blobKey, stored);
  if (stored !== content && !(stored instanceof Uint8Array)) await rm(stored.file, { force: true });
  if (content === null || content instanceof Uint8Array || backends.shared === true) return;
  await rm(content.file, { force: true });
}
