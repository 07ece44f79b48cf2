import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Inflates a gzip file; rejects when it is cut or damaged. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflate = createGunzip({ chunkSize: 256 * 1024 });
  // An error of either stream destroys the other and reaches the reader through `inflate`.
  pipeline(Readable.from(chunks, { objectMode: true }), inflate, () => {});
  yield* inflate;
}
