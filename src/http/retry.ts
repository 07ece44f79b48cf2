import pRetry from 'p-retry';
import { BadResponseError } from '../errors/bad-response-error.ts';
import { HttpStatusError } from '../errors/http-status-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpEvent } from '../ports/http.ts';
import type { Send } from './exchange.ts';
import { retryDelay, secondsText } from './retry-delay.ts';
import { isTransient } from './transient.ts';

/** What the retry layer needs. */
export interface RetrySettings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: HttpEvent) => void;
}

/**
 * The layer that sends again what failed for a moment: three attempts in all, after 1 s and 2 s.
 * p-retry counts and stops; the waiting is done on our clock, so its own time-outs are zero.
 */
export function createRetryLayer({ clock, random, report }: RetrySettings): (next: Send) => Send {
  return (next) => (exchange) =>
    pRetry((attempt) => next({ ...exchange, attempt }), {
      retries: exchange.repeatable ? exchange.attempts - 1 : 0,
      minTimeout: 0,
      factor: 1,
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !isTransient(error)) throw error;
        const ms = retryDelay(attemptNumber, random());
        const reason = `${troubleText(error)}, retrying in ${secondsText(ms)}`;
        report({ type: 'waiting', operator: exchange.operator.name, reason, ms });
        exchange.notes.waitedForRetry += ms;
        await clock.sleep(ms, exchange.signal);
      },
    });
}

function troubleText(error: Error): string {
  if (error instanceof HttpStatusError) return `server error ${error.status}`;
  if (error instanceof BadResponseError) return `bad answer (${error.fields.kind})`;
  return `network error (${error.message})`;
}
