import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { through } from '../../disk/chunks.ts';

/** What is asked for in `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** Encodings on top of each other that are undone: one is usual, a second one comes from a proxy that compresses again. */
const MOST_ENCODINGS = 3;

type Chunks = AsyncIterable<Uint8Array>;

/** The encodings that a `Content-Encoding` names, in the order in which they were done. */
export function encodingsOf(header: string | undefined): string[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}

/** The first encoding that cannot be undone, or null. */
export function unknownEncoding(encodings: readonly string[]): string | null {
  if (encodings.length > MOST_ENCODINGS) return `${encodings.length} encodings on top of each other`;
  return encodings.find((name) => !DECODERS.has(name)) ?? null;
}

/**
 * Undoes encodings that are known, chunk by chunk, so that a bomb stops where its reader does. No bytes stay none: an answer
 * without a body may name an encoding. One that ends early or does not inflate rejects with the error of zlib.
 */
export function decompress(body: Chunks, encodings: readonly string[]): Chunks {
  return encodings.toReversed().reduce(inflated, body);
}

async function* inflated(source: Chunks, encoding: string): Chunks {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  const open = DECODERS.get(encoding);
  if (first.done === true || open === undefined) return;
  yield* through(beginningWith(first.value, chunks), open(first.value));
}

async function* beginningWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): Chunks {
  try {
    for (let chunk = first, next: IteratorResult<Uint8Array>; ; chunk = next.value) {
      yield chunk;
      next = await rest.next();
      if (next.done === true) return;
    }
  } finally {
    await rest.return?.();
  }
}

/** What undoes an encoding, by its name and the first bytes. */
const DECODERS: ReadonlyMap<string, (first: Uint8Array) => Transform> = new Map<
  string,
  (first: Uint8Array) => Transform
>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', (first: Uint8Array) => (isZlib(first) ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
]);

/** `deflate` means zlib; some servers send the bare stream. A zlib header names its method, 8, in the first four bits. */
function isZlib([first = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8;
}

/** True for the code of an error of zlib or Brotli: the bytes are not what they were said to be. */
export function isInflateFault(code: string): boolean {
  return code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT' || /^ERR_(BROTLI|_ERROR|BR_)/.test(code);
}
