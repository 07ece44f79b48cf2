import type { BodyEncoding, CacheEntry } from '../../ports/cache.ts';
import type { CacheKey, Reply } from '../exchange.ts';
import { keptHeaders } from '../kept-headers.ts';

/** The entry of an answer. `checkedAs`: what its body was checked against. */
export function entryOf(
  key: CacheKey,
  url: string,
  checkedAs: string,
  reply: Reply,
  encoding: BodyEncoding | null,
): CacheEntry {
  const headers = keptHeaders(reply.headers);
  const { status, fetchedAt, body } = reply;
  const { sha256: bodyHash, size: bodySize } = body;
  const known = {
    version: 1 as const,
    keyHash: key.hash,
    url,
    status,
    fetchedAt,
    headers,
    checkedAs,
    bodyHash,
    bodySize,
  };
  return encoding === null ? known : { ...known, encoding };
}

/** True when the entry has all that it must have; one of another version has not. */
export function isWhole(entry: CacheEntry): boolean {
  return (
    entry.version === 1 &&
    typeof entry.keyHash === 'string' &&
    typeof entry.url === 'string' &&
    typeof entry.status === 'number' &&
    !Number.isNaN(Date.parse(entry.fetchedAt)) &&
    typeof entry.headers === 'object' &&
    entry.headers !== null &&
    /^[0-9a-f]{64}$/.test(entry.bodyHash) &&
    Number.isSafeInteger(entry.bodySize) &&
    (entry.encoding === undefined || isEncoding(entry.encoding))
  );
}

/** The suffix is a part of a path: nothing else may be in it. */
function isEncoding(encoding: CacheEntry['encoding']): boolean {
  return typeof encoding?.serializer === 'string' && /^(\.[a-z0-9]+)*$/.test(encoding.suffix);
}
