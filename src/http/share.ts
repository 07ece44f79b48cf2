import { checkedAs } from './cache/policy.ts';
import type { Exchange, Reply, Send } from './exchange.ts';
import type { Stop } from './stop.ts';

interface Flight {
  readonly answer: Promise<Reply>;
  readonly stop: Stop;
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
    const name = flightName(exchange);
    const known = flights.get(name);
    if (known !== undefined) exchange.notes.cache = 'shared';
    const flight = known ?? depart(exchange, next);
    if (known === undefined) flights.set(name, flight);
    return board(flight, exchange.asker, () => {
      if (flights.get(name) === flight) flights.delete(name);
    });
  };
}

/** Equal for requests that one answer serves. */
function flightName({ key, method, expect, ttl, refresh }: Exchange): string {
  return `${key.text}\n${method} ${checkedAs(expect)} ${ttl} ${refresh}`;
}

function depart(exchange: Exchange, next: Send): Flight {
  return { answer: next(exchange), stop: exchange.stop, waiting: 0 };
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
      flight.stop.abort(asker.reason);
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
