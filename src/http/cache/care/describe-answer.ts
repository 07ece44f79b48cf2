import type { ListedEntry } from '../../../ports/cache.ts';
import type { AnswerFilter, CachedAnswer } from '../../../ports/cache-care.ts';
import { isFresh, isNegative, REFUSAL } from '../policy.ts';

/** The handler of a key: what stands before the `/`. */
export function handlerOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** A stored answer as people see it; `ttl` in seconds, `now` in milliseconds. Pure. */
export function describeAnswer({ key, entry, usedAt }: ListedEntry, ttl: number, now: number): CachedAnswer {
  return {
    key,
    handler: handlerOf(key),
    url: entry.url,
    status: entry.status,
    isNegative: isNegative(entry.status) || entry.checkedAs === REFUSAL,
    bytes: entry.bodySize,
    checkedAs: entry.checkedAs,
    contentType: entry.headers['content-type'] ?? null,
    sha256: entry.bodyHash,
    fetchedAt: entry.fetchedAt,
    usedAt: new Date(usedAt).toISOString(),
    ageSeconds: Math.max(0, Math.floor((now - Date.parse(entry.fetchedAt)) / 1000)),
    isFresh: isFresh(entry, entry.ttl ?? ttl, now),
  };
}

/** True when the filter has the answer. Pure. */
export function isWanted(answer: CachedAnswer, filter: AnswerFilter, now: number): boolean {
  const { handler, urlText, stale = false, negative = false, olderThanMs = -1 } = filter;
  return (
    (handler === undefined || answer.handler === handler) &&
    (urlText === undefined || answer.url.toLowerCase().includes(urlText.toLowerCase())) &&
    !(stale && answer.isFresh) &&
    !(negative && !answer.isNegative) &&
    now - Date.parse(answer.fetchedAt) > olderThanMs
  );
}
