import { promisify } from 'node:util';
import { createGunzip, createGzip, gunzip, gzip } from 'node:zlib';
import { allBytes, through } from '../../disk/chunks.ts';
import type { BodySerializer } from '../../ports/cache-serializer.ts';

/** Bytes up to which a body is compressed and inflated in one step, off the main thread: many answers are small. */
const ONE_STEP = 8 * 1024 * 1024;

const compress = promisify(gzip);
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** A serializer that keeps bodies as gzip files, so that `zcat` shows them. Level 6: zlib's own choice between size and time. */
export function createCompressedSerializer(
  facts: Pick<BodySerializer, 'name' | 'description' | 'suffix' | 'canHandle'>,
): BodySerializer {
  return {
    ...facts,
    put: async (body, { size }) => ({ chunks: size <= ONE_STEP ? compressWhole(body) : through(body, createGzip()) }),
    get: (stored, { size }) =>
      withSyntaxErrors(size <= ONE_STEP ? inflateWhole(stored, size) : through(stored, createGunzip())),
  };
}

async function* compressWhole(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield await compress(await allBytes(body));
}

async function* inflateWhole(stored: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  // Zero would mean "no limit".
  yield await inflate(await allBytes(stored), { maxOutputLength: Math.max(size, 1) });
}

async function* withSyntaxErrors(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    const code = String((error as { code?: unknown } | null)?.code);
    // Cut (Z_BUF_ERROR), altered (Z_DATA_ERROR), or longer than the body was.
    if (!/^(Z_|ERR_BUFFER_TOO_LARGE)/.test(code)) throw error;
    throw new SyntaxError('a compressed body is cut or altered', { cause: error });
  }
}
