import { AuthError } from '../../errors/auth-error.ts';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import { errorMessage } from '../../errors/error-message.ts';
import { HttpStatusError } from '../../errors/http-status-error.ts';
import { NetworkError } from '../../errors/network-error.ts';
import { RateLimitedError } from '../../errors/rate-limited-error.ts';
import { isTransient } from './transient.ts';

/** What a failed request tells about the operator: that it works, that it is in trouble, or neither. */
export type Verdict = 'works' | 'trouble' | 'neither';

/** Kinds of network errors that lie in how this machine is set up. */
const SET_UP_WRONG: ReadonlySet<unknown> = new Set(['certificate', 'proxy']);

/**
 * Judges the operator by the error of a request. 5xx, broken connections, time-outs and bodies that another attempt may mend are
 * trouble. A 4xx, a refused credential and a body about one record are answers. An abort, a refusal of the rate, a full disk, a
 * certificate that is not trusted, a proxy that refuses and what cannot be sent tell nothing.
 */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof NetworkError) return SET_UP_WRONG.has(error.fields.kind) ? 'neither' : 'trouble';
  if (error instanceof HttpStatusError) return error.status >= 500 ? 'trouble' : 'works';
  if (error instanceof BadResponseError) return isTransient(error) ? 'trouble' : 'works';
  return error instanceof AuthError && error.fields.kind !== 'unsendable' ? 'works' : 'neither';
}

/** The trouble in a few words: `server error 503`. */
export function troubleText(error: unknown): string {
  if (error instanceof HttpStatusError) return `server error ${error.status}`;
  if (error instanceof BadResponseError) return `bad answer (${error.fields.kind})`;
  if (error instanceof RateLimitedError) return 'too many requests';
  return `network error (${errorMessage(error)})`;
}
