import type { Clock } from '../ports/clock.ts';
import type { Pace } from './pace.ts';
import { createMemoryChain, type SlotChain } from './slot-chain.ts';
import {
  type ChainEnd,
  lastRecord,
  nextStart,
  type SlotRecord,
  withDelay,
  withoutStart,
  withPace,
} from './slot-record.ts';

/** A moment at which one request may start. */
export interface Slot {
  /** When it comes (milliseconds since 1970-01-01 UTC). It may have been put off, so ask again when it is there. */
  startsAt(): number;
  /**
   * Takes the moment, now. False when it was missed, or when the operator has refused since it was claimed. One that is a little
   * late puts off all that wait.
   */
  take(): boolean;
  /** Says, after the start, that it has happened; when that took long, it puts off all that wait. */
  started(): void;
  /** Says that the moment is not used. It is free again when nobody has claimed a later one. */
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

/**
 * Milliseconds by which a start may miss its moment at no cost. Three spacings have 50 ms to spare over the published limit;
 * a late start followed by a punctual one uses up at most this much, the network's jitter may have the rest.
 */
const LATE_MS = 20;

/** Share of the spacing by which a start may be late if all that wait are put off: the next one must not have begun. */
const MOST_DELAY = 0.5;

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

  const latest = () => lastRecord(chain.end(), clock.now());
  return {
    pace: () => latest().pace,
    changePace: (change) => {
      const { made, last } = append((before) => {
        const after = change(before.pace);
        return after === before.pace ? null : withPace(before, after, clock.now());
      });
      return (made ?? last).pace;
    },
    claim: (perSecond) => {
      const { made, last, number } = append((before) => nextStart(before, clock.now(), perSecond));
      const startsAt = (now: SlotRecord) => made.at + Math.max(0, now.delay - made.delay);
      const putOff = (ms: number) => append((before) => withDelay(before, ms));
      let tookAt = made.at;
      return {
        startsAt: () => startsAt(latest()),
        take: () => {
          const now = latest();
          if (isRefused(made.pace, now.pace, clock.now())) return false;
          tookAt = startsAt(now);
          const late = clock.now() - tookAt;
          if (late <= LATE_MS) return true;
          if (late > made.spacing * MOST_DELAY) return false;
          putOff(late);
          tookAt += late;
          return true;
        },
        started: () => {
          const late = clock.now() - tookAt;
          if (late > LATE_MS) putOff(Math.min(late, made.spacing));
        },
        giveUp: () => {
          const own: ChainEnd = { number, record: made, unread: 0 };
          if (chain.end().number === number) chain.append(own, withoutStart(last, made.pace));
        },
      };
    },
  };
}

/** True when the pace of a claim was slowed since, or is paused. */
function isRefused(claimed: Pace, { slowedAt, pausedUntil }: Pace, now: number): boolean {
  return slowedAt > claimed.slowedAt || pausedUntil > now;
}
