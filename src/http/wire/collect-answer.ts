import { BadResponseError } from '../../errors/bad-response-error.ts';
import { type CollectOptions, collectBody, MEMORY_LIMIT, type RawBody, tooLarge } from '../body/body.ts';
import { decompress, encodingsOf, unknownEncoding } from '../body/decompress.ts';
import type { Spool } from '../body/spool.ts';
import type { Exchange } from '../exchange.ts';

/** Bytes of a body that are read where only its beginning counts: enough for a message. */
const BEGINNING_BYTES = 64 * 1024;

/** An answer whose body is still coming. */
export interface ComingAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as the wire brings them. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** True when the body may be kept as it comes: of a good status, not compressed, of a length that fits into memory. */
export function isKeptAsItComes(
  { status, headers }: Omit<ComingAnswer, 'stream'>,
  { method, maxBytes, expect }: Exchange,
): boolean {
  if (!isGood(status) || method === 'HEAD' || expect.kind === 'headers' || headers['content-encoding'] !== undefined)
    return false;
  const length = statedLength({ headers });
  return length <= MEMORY_LIMIT && length <= maxBytes;
}

/** Bytes on the wire, as the server says; NaN when it does not. */
function statedLength({ headers }: Pick<ComingAnswer, 'headers'>): number {
  return Number(headers['content-length'] ?? Number.NaN);
}

/** The body of any other answer, decompressed; of a bad status, and where only headers count, its beginning. */
export async function collectAnswer(answer: ComingAnswer, exchange: Exchange, spool: Spool): Promise<RawBody> {
  const encodings = exchange.method === 'HEAD' ? [] : encodingsOf(answer.headers['content-encoding']);
  const url = exchange.shownUrl;
  if (!isGood(answer.status) || exchange.expect.kind === 'headers') {
    const body = await collectBeginning(answer, encodings, { maxBytes: BEGINNING_BYTES, url, spool });
    exchange.stop.throwIfAborted();
    return body;
  }
  const unknown = unknownEncoding(encodings);
  if (unknown !== null) throw compressedOtherwise(url, unknown);
  const options = { maxBytes: exchange.maxBytes, url, spool };
  if (exchange.method !== 'HEAD' && encodings.length === 0 && statedLength(answer) > exchange.maxBytes) {
    throw tooLarge(options);
  }
  return collectBody(decompress(answer.stream, encodings), options);
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The beginning of a body. The status counts, whatever becomes of it. */
async function collectBeginning(
  { stream }: ComingAnswer,
  encodings: readonly string[],
  options: CollectOptions,
): Promise<RawBody> {
  const chunks = unknownEncoding(encodings) === null ? decompress(stream, encodings) : stream;
  return collectBody(firstBytes(chunks, options.maxBytes), options);
}

function compressedOtherwise(url: string, how: string): BadResponseError {
  return new BadResponseError(`the answer of ${url} is compressed in an unknown way: ${how}`, {
    fields: { kind: 'wrong_type', url },
  });
}

/** The first bytes, as far as they come. */
async function* firstBytes(source: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let left = most;
  try {
    for await (const chunk of source) {
      yield chunk.subarray(0, left);
      left -= Math.min(chunk.byteLength, left);
      if (left === 0) return;
    }
  } catch {
    // Cut, silent or badly compressed: what came is enough.
  }
}
