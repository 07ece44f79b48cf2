import { CellineError, type ErrorDetails } from './celline-error.ts';

/** A text is no accession; the hint names the nearest form. */
export class InvalidIdError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('INVALID_ID', message, details);
  }
}
