import { access, rm } from 'node:fs/promises';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import type { BodyEncoding, CacheBackends, CacheEntry } from '../../ports/cache.ts';
import type { BodyTraits } from '../../ports/cache-serializer.ts';
import { bodyOfStream, collectBody, factsOfBody, MEMORY_LIMIT, type RawBody } from '../body/body.ts';
import type { Spool } from '../body/spool.ts';

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
  const { bodyHash, bodySize, url } = entry;
  const stream = await openBody(backends, blobKey, entry);
  if (stream === null) return null;
  try {
    if (bodySize <= MEMORY_LIMIT || backends.shared === true) {
      const body = await collectBody(stream(), { maxBytes: bodySize, url, spool });
      return body.size === bodySize && body.sha256 === bodyHash ? body : null;
    }
    const facts = await factsOfBody(stream());
    return facts.size === bodySize && facts.sha256 === bodyHash ? bodyOfStream(facts, null, stream) : null;
  } catch (error) {
    // What cannot be decoded, or is longer than it was, is damaged; other errors are those of the store.
    if (error instanceof SyntaxError || error instanceof BadResponseError) return null;
    throw error;
  }
}

/** The stored body as it came; null when it is not there, has another size, or nobody here can read it. */
async function openBody(
  { blobs, serializers }: BodyBackends,
  blobKey: string,
  { bodySize: size, encoding }: CacheEntry,
): Promise<(() => AsyncIterable<Uint8Array>) | null> {
  const blob = await blobs.get(blobKey);
  if (blob === null) return null;
  if (encoding === undefined) return blob.size === size ? () => blob.stream() : null;
  const serializer = serializers?.find(encoding.serializer) ?? null;
  const notes = encoding.notes ?? {};
  return serializer === null ? null : () => serializer.get(blob.stream(), { size, notes });
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

/** Stores a body as `encoded` and gives it back: a large one from the store, so that it is on the disk once. */
export async function storeBody(
  backends: BodyBackends,
  blobKey: string,
  entry: CacheEntry,
  body: RawBody,
  { content: stored }: EncodedBody,
): Promise<RawBody> {
  if (stored === null) return body;
  await backends.blobs.put(blobKey, stored);
  const { content } = body;
  if (stored !== content && !(stored instanceof Uint8Array)) await rm(stored.file, { force: true });
  if (content === null || content instanceof Uint8Array) return body;
  // What went to a service stays here as well until the command ends, if it was not moved: the service may fail.
  if (backends.shared === true && (await isThere(content.file))) return body;
  const stream = await openBody(backends, blobKey, entry);
  if (stream === null) throw new Error(`the body ${blobKey} was stored but is not there`);
  await rm(content.file, { force: true });
  return bodyOfStream(body, null, stream);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
