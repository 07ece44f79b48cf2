import { CellineError, type ErrorDetails } from './celline-error.ts';

/** No answer came: refused, reset, not resolved, or timed out, after all attempts. */
export class NetworkError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('NETWORK', message, details);
  }
}
