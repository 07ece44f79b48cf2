import type { Clock } from '../../ports/clock.ts';
import type { Send } from '../exchange.ts';
import type { createCircuits } from './operator-circuit.ts';

/** What the circuit layer needs. */
export interface CircuitLayerSettings {
  readonly clock: Pick<Clock, 'now'>;
  readonly circuitOf: ReturnType<typeof createCircuits>;
}

/**
 * The layer that stops asking an operator in trouble: after some failures in a row requests wait, one at a time tries, and all go on
 * when one is answered. A request that failed while its operator was in trouble is asked again, once, so that an outage costs time
 * and no id. Below the cache, so that a stored answer never waits; above the retries, so that a request counts once, when they are spent.
 */
export function createCircuitLayer({ clock, circuitOf }: CircuitLayerSettings): (next: Send) => Send {
  return (next) => async (exchange) => {
    if (exchange.evenInTrouble) return next(exchange);
    const circuit = circuitOf(exchange.operator);
    let own = exchange;
    for (;;) {
      const entering = circuit.enter(exchange);
      const turn = typeof entering === 'string' ? entering : await entering;
      const sent = turn === 'probe' ? circuit.probeFor(exchange) : own;
      const isOwn = sent.key === exchange.key;
      const began = clock.now();
      try {
        const reply = await next(sent);
        circuit.succeeded(sent, reply);
        if (isOwn) return reply;
      } catch (error) {
        const isToBeAskedAgain = await circuit.failed(isOwn ? sent : exchange, error, { turn, began });
        if (isOwn && !isToBeAskedAgain) throw error;
        // Blamed on the operator once; when that has worked again, the next failure is its own.
        if (turn === 'usual') own = { ...exchange, doubtful: true };
      }
    }
  };
}
