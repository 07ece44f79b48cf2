import type { BlobBackend, CacheEntry } from '../../ports/cache.ts';
import { bodyOfStream, collectBody, factsOfBody, MEMORY_LIMIT, type RawBody } from '../body.ts';
import type { Spool } from '../spool.ts';

/** The blob of an entry: `<handler>/<sha256>`, so that equal bodies of a handler are stored once. `name` is the entry's key. */
export function blobKeyOf(name: string, { bodyHash }: Pick<CacheEntry, 'bodyHash'>): string {
  return `${name.slice(0, name.indexOf('/'))}/${bodyHash}`;
}

/** The body if its bytes are the ones that were stored, else null. Small ones come into memory, large ones are read twice. */
export async function readVerified(
  blobs: BlobBackend,
  blobKey: string,
  entry: CacheEntry,
  spool: Spool,
): Promise<RawBody | null> {
  const blob = await blobs.get(blobKey);
  if (blob === null || blob.size !== entry.bodySize) return null;
  if (blob.size <= MEMORY_LIMIT) {
    const body = await collectBody(blob.stream(), { maxBytes: blob.size, url: entry.url, spool });
    return body.sha256 === entry.bodyHash ? body : null;
  }
  const facts = await factsOfBody(blob.stream());
  return facts.sha256 === entry.bodyHash ? bodyOfStream(facts, null, () => blob.stream()) : null;
}

/** Stores a body, unless it is the cache's own already, and gives it as it is stored. */
export async function storeBody(blobs: BlobBackend, blobKey: string, body: RawBody): Promise<RawBody> {
  const { content } = body;
  if (content === null) return body;
  await blobs.put(blobKey, content);
  if (content instanceof Uint8Array) return body;
  const blob = await blobs.get(blobKey);
  if (blob === null) throw new Error(`the body ${blobKey} was stored but is not there`);
  return bodyOfStream(body, null, () => blob.stream());
}
