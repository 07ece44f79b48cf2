import { InterruptedError } from '../errors/interrupted-error.ts';

/** Works of a project that give their results one by one, and end with it at the latest. */
export interface OpenWorks {
  /** The results of a work. `InterruptedError` for who reads on, or begins, after the project was closed. */
  run<T>(work: AsyncIterable<T>): AsyncGenerator<T>;
  /** Aborts when the project is closed. */
  readonly signal: AbortSignal;
  /** Ends what has begun, read by somebody or not, and waits for it: what it has is still committed. */
  close(): Promise<void>;
}

/** Keeps the works of a project. Nobody else can end one whose reader has stopped in the middle: it would run for ever. */
export function keepWorks(): OpenWorks {
  const open = new Set<AsyncIterator<unknown>>();
  const closing = new AbortController();
  return {
    signal: closing.signal,
    async *run(work) {
      closing.signal.throwIfAborted();
      const iterator = work[Symbol.asyncIterator]();
      open.add(iterator);
      try {
        yield* { [Symbol.asyncIterator]: () => iterator };
        // It was cut: that there are no more results is not the truth.
        if (!open.has(iterator)) closing.signal.throwIfAborted();
      } finally {
        open.delete(iterator);
      }
    },
    async close() {
      closing.abort(new InterruptedError('The project was closed.'));
      const left = [...open];
      open.clear();
      // What one of them throws at its end belongs to its reader, who is not there.
      await Promise.allSettled(left.map((iterator) => iterator.return?.()));
    },
  };
}
