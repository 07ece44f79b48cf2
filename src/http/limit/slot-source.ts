import type { Clock } from '../../ports/clock.ts';
import type { Pace } from './pace.ts';
import { type AppendRecord, ClaimedSlot, type Slot } from './slot.ts';
import { createMemoryChain, type SlotChain } from './slot-chain.ts';
import { lastRecord, nextStart, withPace } from './slot-record.ts';

/** The start times and the pace of one operator. */
export interface OperatorSlots {
  /** The pace of now. */
  pace(): Pace;
  /** Changes the pace for everybody and gives the new one. `change` may be called again when somebody else was faster. */
  changePace(change: (pace: Pace) => Pace): Pace;
  /** The next free moment, spaced to so many starts per second at full pace. */
  claim(perSecond: number): Slot;
}

/** Who is asked, and who asks: what shares a limit. */
export interface LimitedPlace {
  readonly operator: string;
  /** Origin that stands in for the operator's own (a mirror), or null. */
  readonly origin: string | null;
  /** Key or token that the operator counts by, or null. */
  readonly credential: string | null;
  /** Starts per second at full pace. */
  readonly perSecond: number;
}

/** Where start times come from. Everyone who shares a limit must share the source; the same place has the same slots. */
export interface SlotSource {
  slotsOf(place: LimitedPlace): OperatorSlots;
}

/** Start times within this process. */
export function createLocalSlots(clock: Clock): SlotSource {
  const byPlace = new Map<string, OperatorSlots>();
  return {
    slotsOf: ({ operator, origin, credential }) => {
      const name = JSON.stringify([operator, origin, credential]);
      const slots = byPlace.get(name) ?? createOperatorSlots(createMemoryChain(), clock);
      byPlace.set(name, slots);
      return slots;
    },
  };
}

/** Start times over a chain of records. Whoever adds the next record has the next start: nothing is locked. */
export function createOperatorSlots(chain: SlotChain, clock: Clock): OperatorSlots {
  const append: AppendRecord = (next) => {
    for (;;) {
      const end = chain.end();
      const now = clock.now();
      const last = lastRecord(end, now);
      const made = next(last, now);
      if (made === null || chain.append(end, made)) return { made, last, number: end.number + 1 };
    }
  };
  const parts = { chain, clock, append };
  return {
    pace: () => lastRecord(chain.end(), clock.now()).pace,
    changePace: (change) => {
      const { made, last } = append((before, now) => {
        const after = change(before.pace);
        return after === before.pace ? null : withPace(before, after, now);
      });
      return (made ?? last).pace;
    },
    claim: (perSecond) => {
      const claimed = append((before, now) => nextStart(before, now, perSecond));
      return new ClaimedSlot(claimed, parts);
    },
  };
}
