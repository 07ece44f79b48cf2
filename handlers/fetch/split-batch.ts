import {
  BadResponseError,
  type CellineError,
  type HttpRequest,
  HttpStatusError,
  NetworkError,
} from '../../src/ports/handler.ts';
import { asCellineError } from './as-celline-error.ts';

/** One part of a batch: its records, or the error that asking for it ended in. */
export interface BatchPart<I, T> {
  readonly ids: readonly I[];
  readonly records: readonly T[];
  readonly error: CellineError | null;
}

/** Requests after which an archive that has answered no part of a batch is taken to be down. */
const MOST_REQUESTS_WITHOUT_SUCCESS = 8;

/**
 * True when a smaller batch may succeed where this one failed: 413, 414, a cut or too large body, a server error or
 * silence that outlasted the retries. Not for 429, credentials, or a request that the archive does not understand.
 */
export function isSplittable(error: unknown): boolean {
  if (error instanceof HttpStatusError) return error.status === 413 || error.status === 414 || error.status >= 500;
  if (error instanceof BadResponseError) return true;
  return error instanceof NetworkError;
}

/**
 * Cuts a failed part: in halves while it is large, in quarters once two cuts have failed, so that a single poisoned id
 * among 500 is reached within 7 requests, before the archive would be taken to be down.
 */
export function cutPart<I>(ids: readonly I[], depth: number): (readonly I[])[] {
  const pieces = Math.min(depth < 2 ? 2 : 4, ids.length);
  const size = Math.ceil(ids.length / pieces);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size),
  );
}

/**
 * Asks for a batch and, when that fails in a way that a smaller batch may not, for its parts, depth first; parts get one
 * attempt. `ask` is given the ids and the number of attempts (undefined: the usual ones).
 * Never throws but for an abort: what failed is a part with an error.
 */
export async function askSplitting<I, T>(
  ids: readonly I[],
  ask: (ids: readonly I[], attempts: number | undefined) => Promise<readonly T[]>,
  signal: AbortSignal,
): Promise<BatchPart<I, T>[]> {
  const parts: BatchPart<I, T>[] = [];
  const waiting: { ids: readonly I[]; depth: number }[] = ids.length > 0 ? [{ ids, depth: 0 }] : [];
  let requests = 0;
  let succeeded = false;
  let down: CellineError | null = null;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    signal.throwIfAborted();
    if (down !== null) {
      parts.push({ ids: part.ids, records: [], error: down });
      continue;
    }
    try {
      requests += 1;
      const records = await ask(part.ids, part.depth === 0 ? undefined : 1);
      succeeded = true;
      parts.push({ ids: part.ids, records, error: null });
    } catch (cause) {
      signal.throwIfAborted();
      const error = asCellineError(cause);
      if (!isSplittable(error)) down = error;
      else if (!succeeded && requests >= MOST_REQUESTS_WITHOUT_SUCCESS) down = error;
      if (down === null && part.ids.length > 1) {
        const depth = part.depth + 1;
        for (const piece of cutPart(part.ids, part.depth).reverse()) waiting.push({ ids: piece, depth });
      } else parts.push({ ids: part.ids, records: [], error });
    }
  }
  return parts;
}

/** Cuts a list into pieces of at most `size`. */
export function inPieces<I>(items: readonly I[], size: number): (readonly I[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The records of a list that was asked in pieces, and the ids for which asking failed. */
export interface ListAnswer<T> {
  readonly records: readonly T[];
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Asks for a list in pieces of at most `size`, side by side, each split where that helps. */
export async function askList<T>(
  ids: readonly string[],
  size: number,
  ask: (ids: readonly string[], attempts: number | undefined) => Promise<readonly T[]>,
  signal: AbortSignal,
): Promise<ListAnswer<T>> {
  const parts = (await Promise.all(inPieces(ids, size).map((piece) => askSplitting(piece, ask, signal)))).flat();
  const failed = new Map<string, CellineError>();
  for (const part of parts) if (part.error !== null) for (const id of part.ids) failed.set(id, part.error);
  return { records: parts.flatMap((part) => part.records), failed };
}

/** The request with the attempts of a part of a split batch, when that is asked. */
export function withAttempts(request: HttpRequest, attempts: number | undefined): HttpRequest {
  return attempts === undefined ? request : { ...request, attempts };
}

/** All that an iteration yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
