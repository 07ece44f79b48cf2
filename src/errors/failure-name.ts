import { AuthError } from './auth-error.ts';
import { BadResponseError } from './bad-response-error.ts';
import { HttpStatusError } from './http-status-error.ts';
import { NetworkError } from './network-error.ts';
import { NotCachedError } from './not-cached-error.ts';
import { RateLimitedError } from './rate-limited-error.ts';

/** The outcomes that an error of a request can have for an id. */
export type FailureName =
  | 'auth_error'
  | 'rate_limited'
  | 'not_cached'
  | 'bad_response'
  | 'network_error'
  | 'http_error'
  | 'internal_error';

/** The outcome of an id whose asking ended in this error; what is not an error of a request is a fault of the program. */
export function failureName(error: unknown): FailureName {
  if (error instanceof AuthError) return 'auth_error';
  if (error instanceof RateLimitedError) return 'rate_limited';
  if (error instanceof NotCachedError) return 'not_cached';
  if (error instanceof BadResponseError) return 'bad_response';
  if (error instanceof NetworkError) return 'network_error';
  if (error instanceof HttpStatusError) return 'http_error';
  return 'internal_error';
}
