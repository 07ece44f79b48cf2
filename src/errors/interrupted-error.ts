import { CellineError, type ErrorDetails } from './celline-error.ts';

/** The user stopped the command; what was acknowledged is committed. */
export class InterruptedError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('INTERRUPTED', message, details);
  }
}
