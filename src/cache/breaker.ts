/** Milliseconds for which a service that was away is not asked again: each attempt may cost seconds. */
const REST_MS = 30_000;

/** Passes calls to a service on, and fails them at once while it is known to be away. */
export type Breaker = <T>(action: () => Promise<T>) => Promise<T>;

/** A breaker for one service; `isAway` tells its absence from an answer that is an error. */
export function createBreaker(now: () => number, isAway: (error: unknown) => boolean): Breaker {
  let awayUntil = Number.NEGATIVE_INFINITY;
  let cause: unknown;
  return async (action) => {
    if (now() < awayUntil) throw cause;
    try {
      return await action();
    } catch (error) {
      if (isAway(error)) {
        awayUntil = now() + REST_MS;
        cause = error;
      }
      throw error;
    }
  };
}
