import { AuthError } from '../../errors/auth-error.ts';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import type { CellineError, ErrorDetails } from '../../errors/celline-error.ts';
import { HttpStatusError } from '../../errors/http-status-error.ts';
import { NetworkError } from '../../errors/network-error.ts';
import { RateLimitedError } from '../../errors/rate-limited-error.ts';

/** How a request failed after all its attempts, as it is kept. */
export interface RecordedFailure {
  /** Code of the error: `HTTP_STATUS`, `AUTH`, `BAD_RESPONSE`, `NETWORK`, `RATE_LIMITED`. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly fields: Readonly<Record<string, string | number | null>>;
  /** The page that came in place of data; null without. */
  readonly page: string | null;
}

/** Makes an error of a kind anew. */
type Maker = (failure: RecordedFailure, details: ErrorDetails) => CellineError;

/** What an archive or the way to it can answer with; everything else is no answer and is not recorded. */
const MAKERS: Readonly<Record<string, Maker>> = {
  AUTH: ({ message }, details) => new AuthError(message, details),
  BAD_RESPONSE: ({ message, page }, details) => new BadResponseError(message, { ...details, page }),
  HTTP_STATUS: ({ message, fields }, details) => new HttpStatusError(Number(fields.status), message, details),
  NETWORK: ({ message }, details) => new NetworkError(message, details),
  RATE_LIMITED: ({ message }, details) => new RateLimitedError(message, details),
};

/** True for the code of a failure that can be recorded. */
export function isFailureCode(code: unknown): code is string {
  return typeof code === 'string' && Object.hasOwn(MAKERS, code);
}

/** What is kept of an error; null for a stop, a miss, or a fault of the program. */
export function toFailure(error: unknown): RecordedFailure | null {
  const known = error as CellineError;
  if (!(error instanceof Error) || !isFailureCode(known.code)) return null;
  // When it was asked stands beside it.
  const { fetchedAt: _at, ...fields } = known.fields;
  const page = error instanceof BadResponseError ? error.page : null;
  return { code: known.code, message: known.message, hint: known.hint ?? null, fields, page };
}

/** The same failure with every text masked. */
export function maskedFailure(failure: RecordedFailure, mask: (text: string) => string): RecordedFailure {
  const masked = Object.entries(failure.fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? mask(value) : value,
  ]);
  return {
    code: failure.code,
    message: mask(failure.message),
    hint: failure.hint === null ? null : mask(failure.hint),
    fields: Object.fromEntries(masked),
    page: failure.page === null ? null : mask(failure.page),
  };
}

/** The error that was kept, as it was thrown when it was recorded. */
export function fromFailure(failure: RecordedFailure, recordedAt: string): CellineError {
  const make = MAKERS[failure.code] as Maker;
  const fields = { ...failure.fields, fetchedAt: recordedAt };
  return make(failure, { fields, ...(failure.hint === null ? {} : { hint: failure.hint }) });
}
