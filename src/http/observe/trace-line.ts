import type { ExchangeEvent } from '../../ports/http.ts';

/** A request as a line of a trace, without its end. */
export function traceLine({ type: _type, ...facts }: ExchangeEvent): string {
  return JSON.stringify(facts);
}
