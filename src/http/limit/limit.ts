import { RateLimitedError } from '../../errors/rate-limited-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpEvent } from '../../ports/http.ts';
import type { Exchange, Reply, Send } from '../exchange.ts';
import type { Stop } from '../stop.ts';
import { askedWait, retryAfter, secondsText } from '../trouble/retry-delay.ts';
import { isStale } from '../wire/stale-connection.ts';
import type { Lane, OpenLane } from '../wire/wire.ts';
import type { OperatorBudget } from './operator-budget.ts';
import { afterAnswer, afterRefusal, type Pace } from './pace.ts';
import type { Slot } from './slot.ts';
import { WaitingLane } from './waiting-lane.ts';

/** What the limit layer needs. */
export interface LimitSettings {
  readonly clock: Clock;
  readonly report: (event: HttpEvent) => void;
  /** Milliseconds without a good answer after which waiting on refusals ends. */
  readonly maxWaitMs: number;
}

/** A request under way. */
interface Started {
  readonly answer: Promise<Reply>;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
}

/** Milliseconds before a slot at which a connection that was closed meanwhile opens again. */
const OPEN_AHEAD_MS = 1000;

/** Milliseconds that are worth a timer. */
const LEAST_WAIT_MS = 1;

/**
 * The layer that keeps every operator's limit: bounded connections, spaced starts, and less of both for everybody when the operator
 * refuses. A refusal (429, or 503 with `Retry-After`) spends no attempt; waiting is bounded by the time without a good answer.
 */
export function createLimitLayer(settings: LimitSettings): (open: OpenLane) => Send {
  return (open) => async (exchange) => {
    for (let stale = 0; ; ) {
      try {
        const { reply, startedAt } = await sendOnLane(exchange, open, settings);
        if (!isRefusal(reply, exchange)) {
          exchange.operator.slots.changePace(afterAnswer);
          return reply;
        }
        slowDown(exchange, reply, startedAt, settings);
        stale = 0;
      } catch (error) {
        // The server had closed the connection and has not begun with the request: it is sent again, with a start time of its own.
        // At most once for each connection from before.
        if (!isStale(error) || !exchange.repeatable || stale === exchange.operator.connections.most) throw error;
        stale += 1;
      }
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
  const wait = retryAfter(reply.headers['retry-after'], now);
  const pace = operator.slots.changePace((before) => afterRefusal(before, now, startedAt, wait));
  failWhenTooLong(exchange, pace, settings);
  const ms = pace.pausedUntil - now;
  const reason = `${operator.name} ${refusalText(reply, now, ms)}`;
  settings.report({ type: 'waiting', operator: operator.name, reason, ms });
}

function refusalText({ status, headers }: Reply, now: number, ms: number): string {
  const asked = askedWait(headers['retry-after'], now);
  if (asked === null) return `answered ${status} without saying how long to wait: waiting ${secondsText(ms)}`;
  return asked > ms
    ? `asked to wait ${secondsText(asked)}: asking again in ${secondsText(ms)}`
    : `asked to wait ${secondsText(ms)}`;
}

/** Refusals before this stack began to ask were others' to wait for. */
function failWhenTooLong({ operator, shownUrl }: Exchange, pace: Pace, { maxWaitMs }: LimitSettings): void {
  if (pace.refusedSince === null) return;
  const waitingSince = Math.max(pace.refusedSince, operator.askedSince ?? 0);
  if (pace.pausedUntil - waitingSince <= maxWaitMs) return;
  throw new RateLimitedError(
    `${operator.name} kept refusing requests (429, or 503 with Retry-After) for ${secondsText(maxWaitMs)}`,
    {
      hint: 'wait some minutes, raise "maxWait", or ask with an API key; other programs on this address may share the limit',
      fields: { operator: operator.name, url: shownUrl },
    },
  );
}

/** Opens a connection, waits for the slot, sends; the connection is bound until the body is whole. */
async function sendOnLane(exchange: Exchange, open: OpenLane, settings: LimitSettings) {
  const { notes, stop, operator, shownUrl: url } = exchange;
  const turn = operator.connections.enter();
  if (turn !== undefined) await turn;
  let lane: Lane | null = null;
  try {
    stop.throwIfAborted();
    const asked = settings.clock.now();
    const refusalBefore = notes.waitedForRefusal;
    const opening = open(exchange);
    lane = opening instanceof Promise ? await opening : opening;
    const waiting = new WaitingLane(lane, exchange);
    let started = await startWhenDue(exchange, waiting, settings);
    while (started === null) {
      // Others may start meanwhile.
      await waiting.reopen();
      waiting.reopenings += 1;
      started = await startWhenDue(exchange, waiting, settings);
    }
    const { answer, startedAt } = started;
    notes.sent += 1;
    notes.waitedForSlot += startedAt - asked - (notes.waitedForRefusal - refusalBefore);
    const reply = await answer;
    const ms = settings.clock.now() - startedAt;
    const { status, body } = reply;
    settings.report({ type: 'answer', operator: operator.name, url, status, bytes: body.size, ms, fromCache: false });
    return { reply, startedAt };
  } finally {
    lane?.release();
    operator.connections.leave();
  }
}

/**
 * Waits for a slot of the operator and starts in it; null when the connection is no longer open. Only one request of an
 * operator waits at a time, so that a process holds one slot at most, and processes take turns.
 */
async function startWhenDue(
  exchange: Exchange,
  waiting: WaitingLane,
  settings: LimitSettings,
): Promise<Started | null> {
  const { operator, stop } = exchange;
  const { clock } = settings;
  const turn = operator.gate.enter();
  if (turn !== undefined) await turn;
  try {
    operator.askedSince ??= clock.now();
    for (;;) {
      if (isRefusing(operator, clock)) await waitOutRefusal(exchange, settings);
      stop.throwIfAborted();
      if (!waiting.mayStart()) return null;
      const slot = operator.slots.claim(operator.perSecond);
      if (isToBeWaitedFor(slot.startsAt(), clock)) await waitFor(slot, waiting, { clock, stop });
      const isOpen = waiting.mayStart();
      if (isOpen && slot.take()) {
        const started = startNow(exchange, waiting.lane, settings);
        slot.started();
        return started;
      }
      slot.giveUp();
      if (!isOpen) return null;
    }
  } finally {
    operator.gate.leave();
  }
}

function isRefusing({ slots }: OperatorBudget, clock: Clock): boolean {
  const { refusedSince, pausedUntil } = slots.pace();
  return refusedSince !== null || (pausedUntil > 0 && isToBeWaitedFor(pausedUntil, clock));
}

/** Waits until the slot comes; one that is not reached is given up. */
async function waitFor(
  slot: Slot,
  waiting: WaitingLane,
  { clock, stop }: { readonly clock: Clock; readonly stop: Stop },
): Promise<void> {
  try {
    await sleepUntil(slot.startsAt() - OPEN_AHEAD_MS, clock, stop);
    // Servers close connections that rest for some seconds. If it does not open, whoever waits for it will hear why.
    if (!waiting.lane.isOpen()) waiting.reopen().catch(() => {});
    await sleepUntilSlot(slot, clock, stop);
  } catch (error) {
    slot.giveUp();
    throw error;
  }
}

async function waitOutRefusal(exchange: Exchange, settings: LimitSettings): Promise<void> {
  const { operator, notes, stop } = exchange;
  const { clock } = settings;
  const began = clock.now();
  for (;;) {
    const pace = operator.slots.pace();
    failWhenTooLong(exchange, pace, settings);
    if (pace.pausedUntil <= clock.now()) break;
    await sleepUntil(pace.pausedUntil, clock, stop);
  }
  notes.waitedForRefusal += clock.now() - began;
}

function startNow(exchange: Exchange, lane: Lane, { clock, report }: LimitSettings): Started {
  const startedAt = clock.now();
  const answer = lane.send(exchange, startedAt);
  const { operator, shownUrl: url, attempt } = exchange;
  report({ type: 'request', operator: operator.name, url, attempt });
  return { answer, startedAt };
}

/** A slot may be put off while it is waited for. */
async function sleepUntilSlot(slot: Slot, clock: Clock, stop: Stop): Promise<void> {
  for (let at = slot.startsAt(), waited = 0; at > waited; at = slot.startsAt()) {
    await sleepUntil(at, clock, stop);
    waited = at;
  }
}

function isToBeWaitedFor(at: number, clock: Clock): boolean {
  return at - clock.now() >= LEAST_WAIT_MS;
}

async function sleepUntil(at: number, clock: Clock, stop: Stop): Promise<void> {
  // In a loop, since timers may fire a millisecond early. What does not get less was a clock that was set back.
  let left = at - clock.now();
  while (left >= LEAST_WAIT_MS) {
    await clock.sleep(left, stop.signal);
    const stillLeft = at - clock.now();
    if (stillLeft >= left) return;
    left = stillLeft;
  }
  stop.throwIfAborted();
}
