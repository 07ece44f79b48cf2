/** The calls of DuckDB that are under way. */
export interface CallsUnderWay {
  /** Counts a call until it ends; gives it back. */
  add<T>(call: Promise<T>): Promise<T>;
  /** Does what closes as soon as none is under way, at once: after a turn there may be another. */
  close(work: () => void): Promise<void>;
}

/**
 * Counts calls, so that nothing is closed under them: a connection that is closed while it prepares, runs or streams, and a
 * database that is closed while it connects, end the process with a segmentation fault (DuckDB 1.5.6).
 */
export function createCallsUnderWay(): CallsUnderWay {
  const calls = new Set<Promise<unknown>>();
  return {
    add: (call) => {
      calls.add(call);
      const end = () => calls.delete(call);
      call.then(end, end);
      return call;
    },
    close: async (work) => {
      while (calls.size > 0) await Promise.allSettled(calls);
      work();
    },
  };
}
