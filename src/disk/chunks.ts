import { pipeline, Readable, type Transform } from 'node:stream';

/** Bytes as they come. */
type Chunks = AsyncIterable<Uint8Array>;

/** What a transform makes of the chunks. An error of either reaches the reader, and ends both; so does a reader that stops. */
export async function* through(chunks: Chunks, transform: Transform): Chunks {
  // An error of either stream destroys the other and reaches the reader through the transform.
  pipeline(Readable.from(chunks, { objectMode: true }), transform, () => {});
  yield* transform;
}

/** All chunks as one. */
export async function allBytes(chunks: Chunks): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
