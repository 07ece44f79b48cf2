import type { CacheState } from '../../ports/http.ts';

/** What happened to one request on its way; the layers write, the outermost one tells. Times in milliseconds. */
export interface ExchangeNotes {
  /** Times that it was sent over the network, redirects included. */
  sent: number;
  /** How the cache took part. */
  cache: CacheState;
  /** Waiting for a connection and for a start time of the operator. */
  waitedForSlot: number;
  /** Waiting because the operator refused (429, 503 with `Retry-After`). */
  waitedForRefusal: number;
  /** Waiting before another attempt. */
  waitedForRetry: number;
  /** Waiting because the operator is in trouble. */
  waitedForCircuit: number;
}

/** Notes of a request that nothing has happened to. */
export function newNotes(): ExchangeNotes {
  return { sent: 0, cache: 'none', waitedForSlot: 0, waitedForRefusal: 0, waitedForRetry: 0, waitedForCircuit: 0 };
}
