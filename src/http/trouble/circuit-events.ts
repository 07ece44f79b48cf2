import type { HttpEvent } from '../../ports/http.ts';
import type { Circuit } from './circuit.ts';
import { secondsText } from './retry-delay.ts';

/** When a circuit changes, and the milliseconds that it may take: a probe to its first byte, and all trouble. */
export interface CircuitMoment {
  readonly now: number;
  readonly probeMs?: number | undefined;
  readonly maxTroubleMs: number;
}

/** What the user is told when a circuit changes: opened, tried, still open, answered again, given up. Pure. */
export function circuitEvents(
  operator: string,
  before: Circuit,
  after: Circuit,
  { now, probeMs = 0, maxTroubleMs }: CircuitMoment,
): readonly HttpEvent[] {
  const waiting = (reason: string, ms: number): HttpEvent => ({ type: 'waiting', operator, reason, ms });
  switch (after.state) {
    case 'given_up':
      return before.state === 'given_up' ? [] : [{ type: 'warning', message: givenUpText(operator, after) }];
    case 'half_open':
      return before.state === 'open' ? [waiting(`trying whether ${operator} answers again`, probeMs)] : [];
    case 'open': {
      // A probe that was aborted changes nothing.
      if (before.state === 'open' || after.probeAt <= now) return [];
      const ms = after.probeAt - now;
      const wait = waiting(`${operator} is in trouble (${after.last}), trying one request in ${secondsText(ms)}`, ms);
      // Said without -v too: a command that stands still for minutes says why.
      return after.probes === 0
        ? [{ type: 'warning', message: openedText(operator, after, maxTroubleMs) }, wait]
        : [wait];
    }
    case 'closed': {
      if (before.state !== 'open' && before.state !== 'half_open') return [];
      return [waiting(`${operator} answers again, after ${secondsText(now - before.since)}`, 0)];
    }
  }
}

function openedText(operator: string, { last }: Extract<Circuit, { state: 'open' }>, maxTroubleMs: number): string {
  return `${operator} is in trouble (${last}): its requests wait until it answers, at most ${secondsText(maxTroubleMs)} (maxTrouble)`;
}

/** Why nothing more is asked: "ENA has not answered well for 180 s (last: server error 503); given up for this command". */
export function givenUpText(operator: string, { since, at, last }: Extract<Circuit, { state: 'given_up' }>): string {
  const length = `${Math.round((at - since) / 1000)} s`;
  return `${operator} has not answered well for ${length} (last: ${last}); given up for this command`;
}
