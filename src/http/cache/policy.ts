import type { CacheEntry } from '../../ports/cache.ts';
import type { BodyExpectation } from '../../ports/http.ts';

/** Seconds for which "there is no such record" is believed at most: accessions are published every day. */
const NEGATIVE_TTL = 86_400;

/** Milliseconds by which another machine's clock may be ahead before its entries count as stale. */
const CLOCK_SKEW_MS = 60_000;

/** `checkedAs` of a page that says why there is no record. */
export const REFUSAL = 'refusal';

/** Seconds for which such a page is believed at most: a private record is released on any day. */
const REFUSAL_TTL = 3600;

/** True when the answer may be served without asking: its age is below the ttl (seconds), strictly. */
export function isFresh(
  entry: Pick<CacheEntry, 'status' | 'fetchedAt' | 'checkedAs'>,
  ttl: number,
  now: number,
): boolean {
  const age = now - Date.parse(entry.fetchedAt);
  return age > -CLOCK_SKEW_MS && age < Math.min(ttl, longest(entry)) * 1000;
}

function longest({ status, checkedAs: kind }: Pick<CacheEntry, 'status' | 'checkedAs'>): number {
  if (kind === REFUSAL) return REFUSAL_TTL;
  return isNegative(status) ? NEGATIVE_TTL : Number.POSITIVE_INFINITY;
}

/** True for a status that says "there is none" for good: it is stored like data. */
export function isNegative(status: number): boolean {
  return status === 404 || status === 410;
}

/** True when an answer of this status may be stored. */
export function isStorable(status: number, ttl: number): boolean {
  return ttl > 0 && (isNegative(status) || (status >= 200 && status < 300));
}

/** The headers that ask "has it changed?", or null when the archive gave nothing to ask with. */
export function revalidationHeaders(
  entry: Pick<CacheEntry, 'status' | 'headers' | 'checkedAs'>,
): Record<string, string> | null {
  if (isNegative(entry.status) || entry.checkedAs === REFUSAL) return null;
  const { etag, 'last-modified': lastModified } = entry.headers;
  if (etag !== undefined) return { 'if-none-match': etag };
  if (lastModified !== undefined) return { 'if-modified-since': lastModified };
  return null;
}

/** What a body was checked against, as text: a stored body is good only for the same question. */
export function checkedAs(expect: BodyExpectation): string {
  switch (expect.kind) {
    case 'xml':
      return `xml:${[...expect.roots].sort().join(',')}`;
    case 'tsv':
      return `tsv:${expect.column}`;
    case 'csv':
      return `csv:${expect.column}`;
    case 'soft':
      return expect.gzip ? 'soft.gz' : 'soft';
    case 'json':
    case 'text':
    case 'headers':
      return expect.kind;
  }
}
