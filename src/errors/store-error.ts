import { CellineError, type ErrorDetails } from './celline-error.ts';

/** What went wrong in the store, by meaning. */
export type StoreFailure =
  | 'connection'
  | 'integrity'
  | 'query'
  | 'lock'
  | 'deadlock'
  | 'transaction'
  | 'type_conversion'
  | 'operational'
  | 'newer_format';

/** The store could not do what was asked: corrupt, locked, full, read-only, or made by a newer celline. */
export class StoreError extends CellineError {
  /** What went wrong, by meaning. */
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, message: string, details?: ErrorDetails) {
    super(`STORE_${failure.toUpperCase()}`, message, details);
    this.failure = failure;
  }
}
