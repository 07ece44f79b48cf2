import { CellineError, type ErrorDetails } from './celline-error.ts';

/** An archive answered with a status that is not success. 404 and other 4xx are never retried. */
export class HttpStatusError extends CellineError {
  /** The HTTP status, 300 to 599. */
  readonly status: number;

  constructor(status: number, message: string, details?: ErrorDetails) {
    super('HTTP_STATUS', message, details);
    this.status = status;
  }
}
