import { CellineError, type ErrorDetails } from './celline-error.ts';

/** An archive kept answering "too many requests" until the waiting budget was spent. */
export class RateLimitedError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('RATE_LIMITED', message, details);
  }
}
