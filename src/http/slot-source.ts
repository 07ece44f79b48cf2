import type { Clock } from '../ports/clock.ts';
import type { Pace } from './pace.ts';
import { createMemoryChain, type SlotChain } from './slot-chain.ts';
import { type ChainEnd, lastRecord, nextStart, type SlotRecord, withoutStart, withPace } from './slot-record.ts';

/** A moment at which one request may start. */
export interface Slot {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** False when the operator has refused since it was claimed, or asks for a pause: then nothing may start. */
  isValid(): boolean;
  /** Says that the moment was missed. It is free again when nobody has claimed a later one. */
  giveUp(): void;
}

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
  /** Adds what `next` makes of the last record; again, when somebody was faster. Null from `next`: nothing is to be added. */
  function append<T extends SlotRecord | null>(next: (last: SlotRecord) => T) {
    for (;;) {
      const end = chain.end();
      const last = lastRecord(end, clock.now());
      const made = next(last);
      if (made === null || chain.append(end, made)) return { made, last, number: end.number + 1 };
    }
  }

  const pace = () => lastRecord(chain.end(), clock.now()).pace;
  return {
    pace,
    changePace: (change) => {
      const { made, last } = append((before) => {
        const after = change(before.pace);
        return after === before.pace ? null : withPace(before, after, clock.now());
      });
      return (made ?? last).pace;
    },
    claim: (perSecond) => {
      const { made, last, number } = append((before) => nextStart(before, clock.now(), perSecond));
      return {
        at: made.at,
        isValid: () => {
          const { slowedAt, pausedUntil } = pace();
          return slowedAt <= made.pace.slowedAt && pausedUntil <= clock.now();
        },
        giveUp: () => {
          const own: ChainEnd = { number, record: made, unread: 0 };
          if (chain.end().number === number) chain.append(own, withoutStart(last, made.pace));
        },
      };
    },
  };
}
