import { CellineError } from '../../errors/celline-error.ts';
import { errorMessage } from '../../errors/error-message.ts';

/** Does something with the cache; what fails is the fallback. */
type Guard = <T>(action: () => Promise<T>, fallback: T) => Promise<T>;

/** A cache that cannot be used is a warning and a miss. */
export function createGuard(warnOnce: (kind: string, message: string) => void): Guard {
  return async (action, fallback) => {
    try {
      return await action();
    } catch (error) {
      const hint = error instanceof CellineError && error.hint !== undefined ? ` (${error.hint})` : '';
      warnOnce('broken', `the cache cannot be used and is passed by: ${errorMessage(error)}${hint}`);
      return fallback;
    }
  };
}

/** Says the first message of each kind. */
export function onceEach(warn: (message: string) => void): (kind: string, message: string) => void {
  const said = new Set<string>();
  return (kind, message) => {
    if (said.has(kind)) return;
    said.add(kind);
    warn(message);
  };
}
