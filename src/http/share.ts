import { checkedAs } from './cache/policy.ts';
import type { Exchange, Reply, Send } from './exchange.ts';
import type { Stop } from './stop.ts';
import { CONDITIONS } from './wire/request-headers.ts';

interface Flight {
  readonly exchange: Exchange;
  readonly answer: Promise<Reply>;
  waiting: number;
}

/**
 * The layer in which equal requests that are under way at the same time are one. Each asker may stop waiting on its own;
 * the request stops when the last one has. It also makes every abort felt at once, whatever the layers below are waiting for.
 */
export function createShareLayer(): (next: Send) => Send {
  const flights = new Map<string, Flight>();
  return (next) => (exchange) => {
    if (exchange.asker.aborted) return Promise.reject(exchange.asker.reason);
    if (!exchange.repeatable) return board(depart(exchange, next), exchange.asker, () => {});
    const name = exchange.key.text;
    const known = flights.get(name);
    const isServed = known !== undefined && servesToo(known.exchange, exchange);
    if (isServed) exchange.notes.cache = 'shared';
    const flight = isServed ? known : depart(exchange, next);
    // A request of the same name whose answer would not serve this one is rare: it goes beside it.
    if (known === undefined) flights.set(name, flight);
    return board(flight, exchange.asker, () => {
      if (flights.get(name) === flight) flights.delete(name);
    });
  };
}

/** True when the answer to one request serves another with the same key too, and its failure would be the other's. */
function servesToo(one: Exchange, other: Exchange): boolean {
  return (
    one.method === other.method &&
    one.ttl === other.ttl &&
    one.refresh === other.refresh &&
    hasSameFate(one, other) &&
    isAskedAlike(one.headers, other.headers) &&
    checkedAs(one.expect) === checkedAs(other.expect)
  );
}

/** True when both wait as long, take as much and give up as late: a check that goes at once is not to wait behind one that does not. */
function hasSameFate(one: Exchange, other: Exchange): boolean {
  return (
    one.evenInTrouble === other.evenInTrouble &&
    one.doubtful === other.doubtful &&
    one.attempts === other.attempts &&
    one.firstByteTimeoutMs === other.firstByteTimeoutMs &&
    one.maxBytes === other.maxBytes
  );
}

/** True for the same conditions: "not changed" is an answer to whoever named what it has, and to nobody else. */
function isAskedAlike(one: Exchange['headers'], other: Exchange['headers']): boolean {
  return CONDITIONS.every((name) => one[name] === other[name]);
}

function depart(exchange: Exchange, next: Send): Flight {
  return { exchange, answer: next(exchange), waiting: 0 };
}

/** Waits for the flight until the asker stops. `onEnd` is called when the flight has ended, and when the last asker has left. */
function board(flight: Flight, asker: Stop, onEnd: () => void): Promise<Reply> {
  flight.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(asker.reason);
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      onEnd();
      flight.exchange.stop.abort(asker.reason);
    };
    const land = () => {
      asker.offAbort(leave);
      onEnd();
    };
    asker.onAbort(leave);
    flight.answer.then(
      (reply) => {
        land();
        resolve(reply);
      },
      (error: unknown) => {
        land();
        reject(error);
      },
    );
  });
}
