import { CellineError, type ErrorDetails } from './celline-error.ts';

/** Offline, and the cache does not hold the answer. */
export class NotCachedError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_CACHED', message, details);
  }
}
