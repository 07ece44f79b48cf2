import { CellineError, type ErrorDetails } from './celline-error.ts';

/**
 * An answer came with a good status but its body is not what the endpoint answers.
 * `fields.kind` says how: a kind of the table in `src/ports/body-faults.ts`.
 */
export class BadResponseError extends CellineError {
  /** The page that came instead of data (first 64 KiB, as text); null when nothing readable came. GEO says "private" and "not found" there. */
  readonly page: string | null;

  constructor(message: string, details?: ErrorDetails & { readonly page?: string | null }) {
    super('BAD_RESPONSE', message, details);
    this.page = details?.page ?? null;
  }
}
