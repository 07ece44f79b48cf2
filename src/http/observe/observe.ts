import { BadResponseError } from '../../errors/bad-response-error.ts';
import { CellineError } from '../../errors/celline-error.ts';
import { failureName } from '../../errors/failure-name.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExchangeEvent, HttpEvent } from '../../ports/http.ts';
import type { Exchange, Reply, Send } from '../exchange.ts';
import { isoTime } from '../iso-time.ts';

/** What the observing layer needs. */
export interface ObserveSettings {
  readonly clock: Pick<Clock, 'now'>;
  readonly report: (event: HttpEvent) => void;
}

/** The outermost layer: tells each request once, when its answer or its failure is there. */
export function createObserveLayer({ clock, report }: ObserveSettings): (next: Send) => Send {
  return (next) => (exchange) => {
    const began = clock.now();
    return next(exchange).then(
      (reply) => {
        report(exchangeEvent(exchange, began, clock.now(), endingOf(reply)));
        return reply;
      },
      (error: unknown) => {
        report(exchangeEvent(exchange, began, clock.now(), failureOf(error)));
        throw error;
      },
    );
  };
}

type Ending = Pick<ExchangeEvent, 'status' | 'bytes' | 'error'>;

function endingOf({ status, body }: Reply): Ending {
  return { status, bytes: body.size, error: null };
}

function failureOf(error: unknown): Ending {
  const status = error instanceof CellineError ? error.fields.status : null;
  const known = typeof status === 'number' ? status : null;
  // A page that says why there is no record is what the archive answers: whoever asked makes an outcome of it.
  if (error instanceof BadResponseError && error.fields.kind === 'answer') {
    return { status: known, bytes: Buffer.byteLength(error.page ?? ''), error: null };
  }
  return { status: known, bytes: 0, error: failureName(error) };
}

function exchangeEvent(exchange: Exchange, began: number, now: number, ending: Ending): ExchangeEvent {
  const { handler, operator, method, shownUrl, label, notes } = exchange;
  return {
    type: 'exchange',
    at: isoTime(began),
    handler,
    operator: operator.name,
    method,
    url: shownUrl,
    label,
    status: ending.status,
    bytes: ending.bytes,
    error: ending.error,
    sent: notes.sent,
    cache: notes.cache,
    ms: now - began,
    waitedMs: {
      slot: notes.waitedForSlot,
      refusal: notes.waitedForRefusal,
      retry: notes.waitedForRetry,
      circuit: notes.waitedForCircuit,
    },
  };
}
