import { CellineError, type ErrorDetails } from './celline-error.ts';

/** What can go wrong in the store, by meaning; docs/outcomes.md says what each is, and its exit code. */
export const STORE_FAILURES = [
  'connection',
  'integrity',
  'query',
  'lock',
  'deadlock',
  'transaction',
  'type_conversion',
  'operational',
  'newer_format',
] as const;

/** What went wrong in the store, by meaning. */
export type StoreFailure = (typeof STORE_FAILURES)[number];

/** The store could not do what was asked: corrupt, locked, full, read-only, or made by a newer celline. */
export class StoreError extends CellineError {
  /** What went wrong, by meaning. */
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, message: string, details?: ErrorDetails) {
    super(`STORE_${failure.toUpperCase()}`, message, details);
    this.failure = failure;
  }
}
