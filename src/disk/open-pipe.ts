import { constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';

/** The writing end of a named pipe. */
export interface Pipe {
  /** Resolves when the text is handed over; fails when nobody reads any more (`EPIPE`). */
  write(text: string): Promise<void>;
  /** Gives the pipe up, and what was not handed over. Never fails. */
  close(): Promise<void>;
}

/** True for a named pipe, also one of the shell's (`>(…)`, `/dev/fd/3`). */
export async function isPipe(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFIFO() === true;
}

/**
 * Writes to a pipe that is open. No thread waits in it for the reader, who may read nothing: such a thread would hold the end of
 * the process up, Ctrl-C or not.
 */
export function pipeStream(descriptor: number): Writable {
  return new Socket({ fd: descriptor, readable: false, writable: true });
}

/** Opens a named pipe once, so that its reader sees no end before the first line. Fails at once when nobody reads (`ENXIO`). */
export async function openPipe(path: string): Promise<Pipe> {
  const fd = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const stream = pipeStream(fd);
  // What went wrong is told by the write.
  stream.on('error', () => undefined);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        if (stream.closed) return resolve();
        stream.once('close', () => resolve());
        stream.destroy();
      }),
  };
}
