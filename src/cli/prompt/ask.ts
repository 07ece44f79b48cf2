import type { Readable, Writable } from 'node:stream';
import { InterruptedError } from '../../errors/interrupted-error.ts';

/** Where a question is asked. */
export interface AskSettings {
  readonly input: Readable;
  /** Where the question is shown. */
  readonly output: Writable;
  /** Ends the waiting when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * The line that a person answers with. Ctrl-D, or an input that ends, is no answer: empty text. Ctrl-C is an `InterruptedError`:
 * while a line is read the terminal hands it over as a key, not as a signal.
 */
export async function ask(question: string, { input, output, signal }: AskSettings): Promise<string> {
  const { createInterface } = await import('node:readline');
  const reader = createInterface({ input, output });
  const stop = (): void => reader.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      const interrupt = (): void => {
        output.write('\n');
        reject(new InterruptedError('Stopped by the user.'));
      };
      reader.once('SIGINT', interrupt);
      reader.once('close', () => {
        if (signal.aborted) return interrupt();
        output.write('\n');
        resolve('');
      });
      reader.question(question, resolve);
    });
  } finally {
    signal.removeEventListener('abort', stop);
    reader.removeAllListeners('close');
    reader.close();
  }
}
