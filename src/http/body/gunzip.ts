import { createGunzip } from 'node:zlib';
import { through } from '../../disk/chunks.ts';

/** Inflates a gzip file; rejects when it is cut or damaged. */
export function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(chunks, createGunzip({ chunkSize: 256 * 1024 }));
}
