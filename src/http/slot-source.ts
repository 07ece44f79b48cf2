import type { Clock } from '../ports/clock.ts';

/** A moment at which one request may start. */
export interface Slot {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** Says that the moment was missed. */
  giveUp(): void;
}

/** Hands out start times, spaced per operator. Everyone who shares the budget must share the source. */
export interface SlotSource {
  /** The next free moment of the operator, at least `spacingMs` after the one before. */
  claim(operator: string, spacingMs: number): Promise<Slot>;
}

/** Start times within this process. A slot that is given up is free again, so lateness costs nothing. */
export function createLocalSlots(clock: Clock): SlotSource {
  const lastStart = new Map<string, number>();
  return {
    claim: async (operator, spacingMs) => {
      const before = lastStart.get(operator);
      const at = Math.max(clock.now(), before === undefined ? 0 : before + spacingMs);
      lastStart.set(operator, at);
      return {
        at,
        giveUp: () => {
          if (lastStart.get(operator) !== at) return;
          if (before === undefined) lastStart.delete(operator);
          else lastStart.set(operator, before);
        },
      };
    },
  };
}
