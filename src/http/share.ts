import { checkedAs } from './cache/policy.ts';
import type { Exchange, Reply, Send } from './exchange.ts';
import { Stop } from './stop.ts';

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
    if (exchange.stop.aborted) return Promise.reject(exchange.stop.reason);
    if (!exchange.repeatable) return board(depart(exchange, next), exchange.stop, () => {});
    const name = flightName(exchange);
    const known = flights.get(name);
    if (known !== undefined) exchange.notes.cache = 'shared';
    const flight = known ?? depart(exchange, next);
    if (known === undefined) flights.set(name, flight);
    return board(flight, exchange.stop, () => {
      if (flights.get(name) === flight) flights.delete(name);
    });
  };
}

/** Equal for requests that one answer serves. */
function flightName({ key, method, expect, ttl, refresh }: Exchange): string {
  return `${key.text}\n${method} ${checkedAs(expect)} ${ttl} ${refresh}`;
}

function depart(exchange: Exchange, next: Send): Flight {
  const stop = new Stop();
  return { answer: next({ ...exchange, stop }), stop, waiting: 0 };
}

/** Waits for the flight until its own stop. `onEnd` is called when the flight has ended, and when the last asker has left. */
function board(flight: Flight, stop: Stop, onEnd: () => void): Promise<Reply> {
  flight.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(stop.reason);
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      onEnd();
      flight.stop.abort(stop.reason);
    };
    stop.onAbort(leave);
    const settled = () => {
      stop.offAbort(leave);
      onEnd();
    };
    flight.answer.then(
      (reply) => {
        settled();
        resolve(reply);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}
