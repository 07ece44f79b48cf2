import { RateLimitedError } from '../errors/rate-limited-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpEvent } from '../ports/http.ts';
import type { Exchange, Reply, Send } from './exchange.ts';
import type { OperatorBudget } from './operator-budget.ts';
import { afterAnswer, afterRefusal, spacing } from './pace.ts';
import { publicUrl } from './public-url.ts';
import { retryAfter, secondsText } from './retry-delay.ts';
import type { SlotSource } from './slot-source.ts';
import type { Lane, OpenLane } from './wire.ts';

/** What the limit layer needs. */
export interface LimitSettings {
  readonly clock: Clock;
  readonly slots: SlotSource;
  readonly report: (event: HttpEvent) => void;
  /** Milliseconds without a good answer after which waiting on refusals ends. */
  readonly maxWaitMs: number;
}

/**
 * Milliseconds by which a start may miss its slot. Three spacings have 50 ms to spare over the published limit;
 * a late start followed by a punctual one uses up at most this much, the network's jitter may have the rest.
 */
const LATE_MS = 20;

/** Times that a connection may fail to stay open while it waits for its slot, before the request is sent anyway. */
const MOST_REOPENINGS = 3;

/**
 * The layer that keeps every operator's limit: bounded connections, spaced starts, and less of both for everybody when the operator
 * refuses. A refusal (429, or 503 with `Retry-After`) spends no attempt; waiting is bounded by the time without a good answer.
 */
export function createLimitLayer(settings: LimitSettings): (open: OpenLane) => Send {
  return (open) => async (exchange) => {
    const { operator } = exchange;
    for (;;) {
      const { reply, startedAt } = await operator.connections(() => sendInSlot(exchange, open, settings));
      if (!isRefusal(reply, exchange)) {
        operator.pace = afterAnswer(operator.pace);
        return reply;
      }
      slowDown(exchange, reply, startedAt, settings);
    }
  };
}

function isRefusal({ status, headers }: Reply, { repeatable }: Exchange): boolean {
  // A 503 may come after the work was begun: only what may be repeated is. A 429 never is.
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined && repeatable);
}

function slowDown(exchange: Exchange, reply: Reply, startedAt: number, settings: LimitSettings): void {
  const { operator } = exchange;
  const now = settings.clock.now();
  operator.pace = afterRefusal(operator.pace, now, startedAt, retryAfter(reply.headers['retry-after'], now));
  failWhenTooLong(exchange, settings);
  const ms = operator.pace.pausedUntil - now;
  const reason = `${operator.name} asked to wait ${secondsText(ms)}`;
  settings.report({ type: 'waiting', operator: operator.name, reason, ms });
}

function failWhenTooLong({ operator, url }: Exchange, { maxWaitMs }: LimitSettings): void {
  const { refusedSince, pausedUntil } = operator.pace;
  if (refusedSince === null || pausedUntil - refusedSince <= maxWaitMs) return;
  throw new RateLimitedError(`${operator.name} kept answering "too many requests" for ${secondsText(maxWaitMs)}`, {
    hint: 'wait some minutes, or ask with an API key; other programs on this address may share the limit',
    fields: { operator: operator.name, url: publicUrl(url) },
  });
}

/** Opens a connection, waits for the slot, sends; the connection is bound until the body is whole. */
async function sendInSlot(exchange: Exchange, open: OpenLane, settings: LimitSettings) {
  exchange.signal.throwIfAborted();
  const asked = settings.clock.now();
  const refusalBefore = exchange.notes.waitedForRefusal;
  const lane = await open(exchange);
  try {
    const { answer, startedAt } = await exchange.operator.gate(() => startInSlot(exchange, lane, settings));
    exchange.notes.sent += 1;
    exchange.notes.waitedForSlot += startedAt - asked - (exchange.notes.waitedForRefusal - refusalBefore);
    const reply = await answer;
    const ms = settings.clock.now() - startedAt;
    const { status } = reply;
    const shown = { operator: exchange.operator.name, url: publicUrl(exchange.url) };
    settings.report({ type: 'answer', ...shown, status, bytes: reply.body.size, ms, fromCache: false });
    return { reply, startedAt };
  } finally {
    lane.release();
  }
}

/** Waits for a slot of the operator and starts in it. Only one request of an operator is in here at a time. */
async function startInSlot(exchange: Exchange, lane: Lane, settings: LimitSettings) {
  const { operator, signal } = exchange;
  const { clock, slots } = settings;
  for (let reopenings = 0; ; ) {
    failWhenTooLong(exchange, settings);
    await waitOutRefusal(exchange, clock);
    const slot = await slots.claim(operator.name, spacing(operator.perSecond, operator.pace));
    try {
      await sleepUntil(slot.at, clock, signal);
    } catch (error) {
      slot.giveUp();
      throw error;
    }
    const isOpen = lane.isOpen() || reopenings === MOST_REOPENINGS;
    if (isOpen && isPunctual(slot.at, operator, clock.now())) return start(exchange, lane, settings);
    slot.giveUp();
    if (!isOpen) {
      reopenings += 1;
      await lane.reopen();
    }
  }
}

async function waitOutRefusal({ operator, notes, signal }: Exchange, clock: Clock): Promise<void> {
  const began = clock.now();
  await sleepUntil(operator.pace.pausedUntil, clock, signal);
  notes.waitedForRefusal += clock.now() - began;
}

function isPunctual(at: number, { pace }: OperatorBudget, now: number): boolean {
  return now - at <= LATE_MS && pace.pausedUntil <= now;
}

function start(exchange: Exchange, lane: Lane, { clock, report }: LimitSettings) {
  const startedAt = clock.now();
  const answer = lane.send(exchange);
  // Awaited by the caller a few microtasks later; until then a failure must not count as unhandled.
  answer.catch(() => {});
  report({
    type: 'request',
    operator: exchange.operator.name,
    url: publicUrl(exchange.url),
    attempt: exchange.attempt,
  });
  return { answer, startedAt };
}

async function sleepUntil(at: number, clock: Clock, signal: AbortSignal): Promise<void> {
  // In a loop, since timers may fire a millisecond early; for less than that none is worth it.
  for (let now = clock.now(); at - now >= 1; now = clock.now()) await clock.sleep(at - now, signal);
  signal.throwIfAborted();
}
