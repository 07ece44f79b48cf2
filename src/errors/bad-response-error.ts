import { CellineError, type ErrorDetails } from './celline-error.ts';

/** An answer came with a good status but its body is not what the endpoint answers: HTML, an error text, cut, or of a wrong type. */
export class BadResponseError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('BAD_RESPONSE', message, details);
  }
}
