import type { Exchange, Reply, Send } from './exchange.ts';

interface Flight {
  readonly answer: Promise<Reply>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * The layer in which equal requests that are under way at the same time are one. Each asker may stop waiting on its own;
 * the request stops when the last one has. It also makes every abort felt at once, whatever the layers below are waiting for.
 */
export function createShareLayer(): (next: Send) => Send {
  const flights = new Map<string, Flight>();
  return (next) => async (exchange) => {
    exchange.signal.throwIfAborted();
    const name = flightName(exchange);
    const known = name === null ? undefined : flights.get(name);
    if (known !== undefined) exchange.notes.cache = 'shared';
    const flight = known ?? depart(exchange, next);
    if (known === undefined && name !== null) {
      flights.set(name, flight);
      const land = () => {
        if (flights.get(name) === flight) flights.delete(name);
      };
      flight.answer.then(land, land);
    }
    return board(flight, exchange.signal, () => {
      if (name !== null && flights.get(name) === flight) flights.delete(name);
    });
  };
}

/** Null for a request that nobody may share: one that changes something. */
function flightName(exchange: Exchange): string | null {
  if (!exchange.repeatable) return null;
  return JSON.stringify([exchange.key.text, exchange.method, exchange.expect, exchange.ttl, exchange.refresh]);
}

function depart(exchange: Exchange, next: Send): Flight {
  const controller = new AbortController();
  return { answer: next({ ...exchange, signal: controller.signal }), controller, waiting: 0 };
}

/** Waits for the flight until its own signal aborts. `onEmpty` is called when the last asker has left. */
function board(flight: Flight, signal: AbortSignal, onEmpty: () => void): Promise<Reply> {
  flight.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(signal.reason);
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      onEmpty();
      flight.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    const settled = () => signal.removeEventListener('abort', leave);
    flight.answer.then(resolve, reject).finally(settled);
  });
}
