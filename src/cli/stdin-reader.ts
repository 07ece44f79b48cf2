import { addAbortSignal, type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { listText } from './list-text.ts';

/** Reads stdin, and knows whether it does. */
export interface StdinReader {
  /** The text to its end; a `UsageError` when it is no text. Rejects with the reason of the signal as soon as that aborts. */
  readAll(): Promise<string>;
  isReading(): boolean;
}

/** Reads a stream to its end, or until the signal aborts: nobody waits for the end of a list after Ctrl-C. */
export function createStdinReader(stdin: Readable, signal: AbortSignal): StdinReader {
  let isReading = false;
  return {
    isReading: () => isReading,
    async readAll() {
      isReading = true;
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of addAbortSignal(signal, stdin)) chunks.push(Buffer.from(chunk));
        // A signal to a whole pipe ends its writer too, and the end of the text may be met first.
        await setImmediate();
        signal.throwIfAborted();
        return listText(Buffer.concat(chunks), 'stdin');
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        isReading = false;
      }
    },
  };
}
