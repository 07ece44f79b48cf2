import {
  BadResponseError,
  bodyFault,
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

/** Requests without any success after which single ids from all over the batch are tried, to see whether the archive works at all. */
const REQUESTS_BEFORE_PROBES = 4;

/** Where in the batch those ids are taken from. With them 8 requests without success mean that the archive is down. */
const PROBES = [1 / 8, 3 / 8, 5 / 8, 7 / 8];

/** Statuses under 500 that a smaller batch may not meet. ENA answers 400 to a list with one accession that it cannot read. */
const OF_THE_BATCH: ReadonlySet<number> = new Set([400, 413, 414]);

/**
 * True when a smaller batch may succeed where this one failed: 400, 413, 414, a body of which the table says so, a server
 * error or silence that outlasted the retries. Not for 429, credentials, a captcha, or what is not there at all.
 */
export function isSplittable(error: unknown): boolean {
  if (isOfAnyRequest(error)) return false;
  if (error instanceof HttpStatusError) return OF_THE_BATCH.has(error.status) || error.status >= 500;
  if (error instanceof BadResponseError) return bodyFault(error.fields.kind).smaller;
  return error instanceof NetworkError;
}

/** Kinds of network errors that any request would meet: the archive was given up, or this machine is set up wrong. */
const OF_ANY_REQUEST: ReadonlySet<unknown> = new Set(['given_up', 'certificate', 'proxy']);

function isOfAnyRequest(error: unknown): boolean {
  return error instanceof NetworkError && OF_ANY_REQUEST.has(error.fields.kind);
}

/** Cuts a failed part: in halves while it is large, in quarters once two cuts have failed, so that one poisoned id is found soon. */
export function cutPart<I>(ids: readonly I[], depth: number): (readonly I[])[] {
  const pieces = Math.min(depth < 2 ? 2 : 4, ids.length);
  const size = Math.ceil(ids.length / pieces);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size),
  );
}

/** How a part of a batch is asked for: with so many attempts, and whether what is asked may be to blame when that fails. */
export type AskedAs = Pick<HttpRequest, 'attempts' | 'doubtful'>;

/** An id alone, which nothing is known against. */
const ALONE: AskedAs = {};

/** The whole batch: when it fails, its parts are asked for. */
const WHOLE: AskedAs = { doubtful: true };

/** A part of it; a single id is as good as any. */
const partOf = (ids: readonly unknown[]): AskedAs => ({ attempts: 1, doubtful: ids.length > 1 });

/** An id that has failed already, while others did not. */
const AGAIN: AskedAs = { attempts: 1, doubtful: true };

/** Asks for some ids. */
type Ask<I, T> = (ids: readonly I[], as: AskedAs) => Promise<readonly T[]>;

/** How far a batch has come. */
interface Splitting<I, T> {
  readonly parts: BatchPart<I, T>[];
  readonly waiting: { ids: readonly I[]; depth: number }[];
  requests: number;
  succeeded: boolean;
  /** Why nothing more is asked. */
  down: CellineError | null;
}

/**
 * Asks for a batch and, when that fails in a way that a smaller batch may not, for its parts, depth first. Parts get one
 * attempt; an id that failed alone gets another at the end, since what struck it may have passed.
 * Never throws but for an abort: what failed is a part with an error.
 */
export async function askSplitting<I, T>(
  ids: readonly I[],
  ask: Ask<I, T>,
  signal: AbortSignal,
): Promise<BatchPart<I, T>[]> {
  const state: Splitting<I, T> = { parts: [], waiting: [], requests: 0, succeeded: false, down: null };
  if (ids.length > 0) state.waiting.push({ ids, depth: 0 });
  for (let part = state.waiting.pop(); part !== undefined; part = state.waiting.pop()) {
    signal.throwIfAborted();
    if (state.down !== null) state.parts.push({ ids: part.ids, records: [], error: state.down });
    else await askPart(part.ids, part.depth, state, ask, signal);
    const isDoubtful = !state.succeeded && state.down === null && state.waiting.length > 0;
    if (isDoubtful && state.requests >= REQUESTS_BEFORE_PROBES) await probe(ids, state, ask, signal);
  }
  if (ids.length === 1 || state.down !== null) return state.parts;
  return Promise.all(state.parts.map((part) => askedAgain(part, ask, signal)));
}

async function askPart<I, T>(
  ids: readonly I[],
  depth: number,
  state: Splitting<I, T>,
  ask: Ask<I, T>,
  signal: AbortSignal,
): Promise<void> {
  state.requests += 1;
  try {
    const whole = ids.length > 1 ? WHOLE : ALONE;
    state.parts.push({ ids, records: await ask(ids, depth === 0 ? whole : partOf(ids)), error: null });
    state.succeeded = true;
  } catch (cause) {
    signal.throwIfAborted();
    const error = asCellineError(cause);
    if (!isSplittable(error)) state.down = error;
    if (state.down !== null || ids.length === 1) state.parts.push({ ids, records: [], error });
    else for (const piece of cutPart(ids, depth).reverse()) state.waiting.push({ ids: piece, depth: depth + 1 });
  }
}

/** Tries single ids from all over the batch until one succeeds; a run of bad ones at its start is no broken archive. */
async function probe<I, T>(
  ids: readonly I[],
  state: Splitting<I, T>,
  ask: Ask<I, T>,
  signal: AbortSignal,
): Promise<void> {
  let last: CellineError | null = null;
  for (const share of PROBES) {
    try {
      const some = ids.slice(Math.floor(ids.length * share)).slice(0, 1);
      await ask(some, partOf(some));
      state.succeeded = true;
      return;
    } catch (cause) {
      signal.throwIfAborted();
      last = asCellineError(cause);
      if (!isSplittable(last)) break;
    }
  }
  state.down = last;
}

async function askedAgain<I, T>(part: BatchPart<I, T>, ask: Ask<I, T>, signal: AbortSignal): Promise<BatchPart<I, T>> {
  if (part.error === null || !isSplittable(part.error)) return part;
  try {
    return { ids: part.ids, records: await ask(part.ids, AGAIN), error: null };
  } catch (cause) {
    signal.throwIfAborted();
    return { ...part, error: asCellineError(cause) };
  }
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
  ask: Ask<string, T>,
  signal: AbortSignal,
): Promise<ListAnswer<T>> {
  const parts = (await Promise.all(inPieces(ids, size).map((piece) => askSplitting(piece, ask, signal)))).flat();
  const failed = new Map<string, CellineError>();
  for (const part of parts) if (part.error !== null) for (const id of part.ids) failed.set(id, part.error);
  return { records: parts.flatMap((part) => part.records), failed };
}

/** The request as a part of a split batch is asked for. */
export function askedAs(request: HttpRequest, as: AskedAs): HttpRequest {
  return { ...request, ...as };
}

/** All that an iteration yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
