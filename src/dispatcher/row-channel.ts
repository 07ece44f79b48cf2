/** Hands values from many producers to one consumer, in order of arrival. */
export interface Channel<T> {
  push(value: T): void;
  /** No more values come; with an error, the consumer is told after the last value. */
  end(error?: unknown): void;
  values(): AsyncGenerator<T>;
}

/** An open, empty channel. */
export function createChannel<T>(): Channel<T> {
  const waiting: T[] = [];
  let wake: (() => void) | null = null;
  let ended: { error?: unknown } | null = null;
  const notify = () => {
    wake?.();
    wake = null;
  };
  return {
    push(value) {
      waiting.push(value);
      notify();
    },
    end(error) {
      ended ??= error === undefined ? {} : { error };
      notify();
    },
    async *values() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as T;
        if (ended !== null) {
          if ('error' in ended) throw ended.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
