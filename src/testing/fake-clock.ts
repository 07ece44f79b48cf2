import type { Clock } from '../ports/clock.ts';

/** A clock whose time moves only when somebody sleeps. */
export interface FakeClock extends Clock {
  /** Every sleep that was asked for, in milliseconds, in order. */
  readonly sleeps: readonly number[];
  /** Moves the time without a sleep. */
  advance(ms: number): void;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A clock for tests: a sleep ends at once (after pending I/O callbacks had their turn), earliest first, and the time is then the
 * time at which it was due. So schedules of minutes are tested in milliseconds. Starts at 2026-01-01T00:00:00Z by default.
 */
export function createFakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start;
  const sleeps: number[] = [];
  const sleepers: Sleeper[] = [];

  function wakeNext(): void {
    sleepers.sort((left, right) => left.due - right.due);
    const next = sleepers.shift();
    if (next === undefined) return;
    time = Math.max(time, next.due);
    next.wake();
  }

  return {
    sleeps,
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        sleeps.push(ms);
        const woken = new AbortController();
        const wake = () => {
          woken.abort();
          resolve();
        };
        const sleeper = { due: time + ms, wake };
        sleepers.push(sleeper);
        const onAbort = () => drop(sleepers, sleeper, () => reject(signal?.reason));
        signal?.addEventListener('abort', onAbort, { once: true, signal: woken.signal });
        setImmediate(wakeNext);
      }),
  };
}

/** An aborted sleep must not move the time. */
function drop(sleepers: Sleeper[], sleeper: Sleeper, reject: () => void): void {
  const index = sleepers.indexOf(sleeper);
  if (index >= 0) sleepers.splice(index, 1);
  reject();
}
