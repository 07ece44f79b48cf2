import type { Writable } from 'node:stream';
import type { Output } from './app-type.ts';
import { ClosedPipeError } from './closed-pipe-error.ts';
import { outputError } from './output-error.ts';
import { createPaint, isColoured } from './render/paint.ts';

/** A stream that may be a terminal. */
export interface TerminalStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Codes of writes to somebody who has left; every other one is lost data. */
const CLOSED: ReadonlySet<unknown> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

function isClosed(error: Error): boolean {
  return 'code' in error && CLOSED.has(error.code);
}

/** Makes a place for text and bytes of a stream. Every write waits until they are handed over, so that nothing is lost at exit. */
export function openOutput(
  stream: TerminalStream,
  color: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  onClosed?: (reason: Error) => void,
): Output {
  const isTerminal = stream.isTTY === true;
  // Without a listener an EPIPE would end the process with a stack trace; the write's callback reports it.
  stream.on('error', () => {});
  return {
    isTerminal,
    paint: createPaint(isColoured(color, env, isTerminal)),
    get columns() {
      // A terminal that does not say its width (below `script`, in containers) says 0.
      return isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        stream.write(data, (error) => {
          if (!error) {
            resolve();
            return;
          }
          // Whatever it is, nothing more can be said there.
          const reason = isClosed(error) ? new ClosedPipeError(error) : outputError('the output', error);
          onClosed?.(reason);
          reject(reason);
        });
      }),
  };
}
