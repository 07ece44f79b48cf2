import { CellineError, type ErrorDetails } from './celline-error.ts';

/** The configuration, or an environment variable, holds a value that cannot be used. */
export class ConfigError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONFIG', message, details);
  }
}
