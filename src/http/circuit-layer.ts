import type { Clock } from '../ports/clock.ts';
import type { Send } from './exchange.ts';
import type { createCircuits } from './operator-circuit.ts';

/** What the circuit layer needs. */
export interface CircuitLayerSettings {
  readonly clock: Pick<Clock, 'now'>;
  readonly circuitOf: ReturnType<typeof createCircuits>;
}

/**
 * The layer that stops asking an operator in trouble: after some failures in a row requests wait, one at a time tries, and all go on
 * when one is answered. A request that failed while its operator was in trouble is asked again, so that an outage costs time and no
 * id. Below the cache, so that a stored answer never waits; above the retries, so that a request counts once, when they are spent.
 */
export function createCircuitLayer({ clock, circuitOf }: CircuitLayerSettings): (next: Send) => Send {
  return (next) => async (exchange) => {
    if (exchange.evenInTrouble) return next(exchange);
    const circuit = circuitOf(exchange.operator);
    for (;;) {
      const turn = await circuit.enter(exchange);
      const began = clock.now();
      try {
        // A probe asks once: its own retries would be three probes.
        const reply = await next(turn === 'probe' ? { ...exchange, attempts: 1 } : exchange);
        circuit.succeeded();
        return reply;
      } catch (error) {
        if (!(await circuit.failed(exchange, error, { turn, began }))) throw error;
      }
    }
  };
}
