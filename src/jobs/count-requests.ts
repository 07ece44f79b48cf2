import type { CellineEvent, Reporter } from '../ports/reporter.ts';

/** What was asked of the archives so far. */
export interface RequestCounts {
  /** Attempts that left the machine. */
  readonly requests: number;
  readonly cacheHits: number;
  /** Bytes of the bodies that came over the network. */
  readonly bytes: number;
}

/** Counts what passes a reporter. */
export interface RequestCounter extends Reporter {
  counts(): RequestCounts;
}

/** A reporter that passes every event on and counts the requests among them. */
export function countRequests(reporter: Reporter): RequestCounter {
  let counts: RequestCounts = { requests: 0, cacheHits: 0, bytes: 0 };
  return {
    emit(event) {
      counts = after(counts, event);
      reporter.emit(event);
    },
    counts: () => counts,
  };
}

function after(counts: RequestCounts, event: CellineEvent): RequestCounts {
  if (event.type !== 'exchange') return counts;
  const { requests, cacheHits, bytes } = counts;
  return {
    requests: requests + event.sent,
    cacheHits: cacheHits + (event.cache === 'hit' ? 1 : 0),
    bytes: bytes + (event.sent > 0 ? event.bytes : 0),
  };
}

/** What was asked between two moments. */
export function countsSince(before: RequestCounts, now: RequestCounts): RequestCounts {
  return {
    requests: now.requests - before.requests,
    cacheHits: now.cacheHits - before.cacheHits,
    bytes: now.bytes - before.bytes,
  };
}
