import { NetworkError } from '../../errors/network-error.ts';

/** Codes of a connection that was closed by the other side. */
const CLOSED_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Milliseconds within which a request meets a connection that was closed before: a journey there and back. */
const MEETS_WITHIN_MS = 2000;

const stale = new WeakSet<object>();

/**
 * Notes a request that met a connection from before just as the server closed it, and gives the error back: the server has not begun
 * with it. `ms`: how long it took to fail.
 */
export function asStale(error: unknown, ms: number): unknown {
  const isClosed = error instanceof NetworkError && CLOSED_CODES.has(error.fields.code) && ms <= MEETS_WITHIN_MS;
  if (isClosed) stale.add(error);
  return error;
}

/** True for the error of a request that met a closed connection: the same on a new one is no further attempt. */
export function isStale(error: unknown): boolean {
  return typeof error === 'object' && error !== null && stale.has(error);
}
