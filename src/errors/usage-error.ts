import { CellineError, type ErrorDetails } from './celline-error.ts';

/** The command line was used wrongly: unknown option, missing argument, options that exclude each other. */
export class UsageError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('USAGE', message, details);
  }
}
