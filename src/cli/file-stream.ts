import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** True when the descriptor is a file, not a terminal, a pipe or a device. */
export function isFileDescriptor(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/**
 * Writes all of each text to a file that is open. Node's own stream of stdout writes once: what a nearly full disk does not
 * take of a text would be lost without a word.
 */
export function fileStream(descriptor: number): Writable {
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      try {
        for (let start = 0; start < chunk.length; ) start += writeSync(descriptor, chunk, start);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      done();
    },
  });
}
