import pRetry from 'p-retry';
import type { Clock } from '../../ports/clock.ts';
import type { HttpEvent } from '../../ports/http.ts';
import type { Exchange, Reply, Send } from '../exchange.ts';
import type { createCircuits } from './operator-circuit.ts';
import { retryDelay, secondsText } from './retry-delay.ts';
import { isTransient } from './transient.ts';
import { troubleText } from './trouble.ts';

/** What the retry layer needs. */
export interface RetrySettings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: HttpEvent) => void;
  readonly circuitOf: ReturnType<typeof createCircuits>;
}

/**
 * The layer that sends again what failed for a moment: three attempts in all, after 1 s and 2 s; fewer when the circuit of the
 * operator opens meanwhile. p-retry counts and stops; the waiting is done on our clock, so its own time-outs are zero.
 */
export function createRetryLayer({ clock, random, report, circuitOf }: RetrySettings): (next: Send) => Send {
  return (next) => (exchange) => {
    const began = clock.now();
    const first = next(exchange);
    // p-retry is asked after a failure alone: to count attempts costs more than a small answer, and most requests have but one.
    return first.catch(() => sendAgain(exchange, next, first, began));
  };

  function sendAgain(exchange: Exchange, next: Send, first: Promise<Reply>, firstBegan: number): Promise<Reply> {
    let began = firstBegan;
    const circuit = circuitOf(exchange.operator);
    const send = (attempt: number) => {
      if (attempt === 1) return first;
      began = clock.now();
      return next({ ...exchange, attempt });
    };
    return pRetry(send, {
      retries: exchange.repeatable ? exchange.attempts - 1 : 0,
      minTimeout: 0,
      factor: 1,
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !isTransient(error)) throw error;
        circuit.attemptFailed(exchange, error, began);
        if (!circuit.isClosed()) throw error;
        const ms = retryDelay(attemptNumber, random());
        const reason = `${exchange.operator.name}: ${troubleText(error)}, retrying in ${secondsText(ms)}`;
        report({ type: 'waiting', operator: exchange.operator.name, reason, ms });
        exchange.notes.waitedForRetry += ms;
        await clock.sleep(ms, exchange.stop.signal);
        if (!circuit.isClosed()) throw error;
      },
    });
  }
}
