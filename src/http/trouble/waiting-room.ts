import type { Exchange } from '../exchange.ts';

/** Where requests wait until they are called. */
export interface WaitingRoom {
  /** Waits; gives what it is called with. Rejects with the reason of the request's signal. */
  wait(exchange: Exchange): Promise<boolean>;
  /** Calls the request that has waited longest, one that is not doubtful before others; false when nobody waits. */
  callOne(value: boolean): boolean;
  callAll(value: boolean): void;
}

interface Waiter {
  readonly exchange: Exchange;
  call(value: boolean): void;
}

/** An empty room. */
export function createWaitingRoom(): WaitingRoom {
  // In the order in which they came.
  const waiters = new Set<Waiter>();
  return {
    wait: (exchange) =>
      new Promise((resolve, reject) => {
        const { signal } = exchange;
        const leave = () => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          leave();
          reject(signal.reason);
        };
        const call = (value: boolean) => {
          leave();
          resolve(value);
        };
        const waiter = { exchange, call };
        if (signal.aborted) return reject(signal.reason);
        waiters.add(waiter);
        signal.addEventListener('abort', onAbort);
      }),
    callOne(value) {
      const all = [...waiters];
      const one = all.find(({ exchange }) => !exchange.doubtful) ?? all[0];
      one?.call(value);
      return one !== undefined;
    },
    callAll(value) {
      for (const waiter of [...waiters]) waiter.call(value);
    },
  };
}
