import { CellineError, type ErrorDetails } from './celline-error.ts';

/** An archive refused the credentials, or asks for some (status 401 or 403). */
export class AuthError extends CellineError {
  constructor(message: string, details?: ErrorDetails) {
    super('AUTH', message, details);
  }
}
