import { CellineError, type ErrorDetails } from './celline-error.ts';

/** A back end of the cache cannot be used: its service is away or refuses, its file is damaged. `fields.backend` names it. */
export class CacheError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('CACHE', message, details);
  }
}
