import type { Exchange } from '../exchange.ts';

/** Where requests wait until they are called. */
export interface WaitingRoom {
  /** Waits; gives what it is called with. Rejects with the reason of the request's stop. */
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
        const { stop } = exchange;
        const leave = () => {
          waiters.delete(waiter);
          stop.offAbort(onAbort);
        };
        const onAbort = () => {
          leave();
          reject(stop.reason);
        };
        const call = (value: boolean) => {
          leave();
          resolve(value);
        };
        const waiter = { exchange, call };
        if (stop.aborted) return reject(stop.reason);
        waiters.add(waiter);
        stop.onAbort(onAbort);
      }),
    callOne(value) {
      const all = [...waiters];
      const one = all.find(({ exchange }) => !exchange.doubtful) ?? all[0];
      one?.call(value);
      return one !== undefined;
    },
    callAll(value) {
      if (waiters.size === 0) return;
      for (const waiter of [...waiters]) waiter.call(value);
    },
  };
}
