import { constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
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
 * Opens a named pipe once, so that its reader sees no end before the first line. No thread waits in it for the reader, who may leave
 * or read nothing: such a thread would hold the end of the process up, Ctrl-C or not. Fails at once when nobody reads (`ENXIO`).
 */
export async function openPipe(path: string): Promise<Pipe> {
  const fd = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: false, writable: true });
  // What went wrong is told by the write.
  socket.on('error', () => undefined);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        socket.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) return resolve();
        socket.once('close', () => resolve());
        socket.destroy();
      }),
  };
}
