import { InterruptedError } from '../errors/interrupted-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Clock } from '../ports/clock.ts';

/** Milliseconds that the engine may still work for one query. What the reader of the rows takes is not counted. */
export interface Budget {
  readonly total: number;
  left: number;
  /** Stops the engine when it aborts; the query then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** What can be stopped. */
interface Interruptible {
  interrupt(): void;
}

/** Does a part of a query; stops the engine when the budget is used up. */
export async function within<T>(
  engine: Interruptible,
  clock: Clock,
  budget: Budget,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const start = clock.now();
  let isOver = budget.left <= 0;
  const stop = (): void => {
    isOver = true;
    engine.interrupt();
  };
  clock.sleep(Math.max(0, budget.left), done.signal).then(stop, () => undefined);
  const { signal } = budget;
  const interrupt = (): void => engine.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    signal?.throwIfAborted();
    const answer = await work();
    // Interrupted between two chunks, DuckDB ends the rows as if there were no more: that must not pass for a whole answer.
    signal?.throwIfAborted();
    if (isOver) throw outOfTime(budget);
    return answer;
  } catch (error) {
    signal?.throwIfAborted();
    throw isOver && !isOutOfTime(error) ? outOfTime(budget, error) : error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    done.abort(new Error('done'));
    budget.left -= clock.now() - start;
  }
}

function outOfTime({ total }: Budget, cause?: unknown): StoreError {
  return new StoreError('operational', `The query was stopped after ${total / 1000} s.`, {
    fields: { stoppedAfterMs: total },
    hint: 'Give it more time (query.timeout, --timeout), or ask for less.',
    cause,
  });
}

function isOutOfTime(error: unknown): boolean {
  return error instanceof StoreError && error.fields.stoppedAfterMs !== undefined;
}

/** True for what ends a query that was under way: time, memory, or the user. */
export function isStop(error: unknown): boolean {
  return error instanceof InterruptedError || (error instanceof StoreError && error.failure === 'operational');
}
