import type { Clock } from '../../ports/clock.ts';
import type { Pace } from './pace.ts';
import type { SlotChain } from './slot-chain.ts';
import { lastRecord, type SlotRecord, withDelay, withoutStart } from './slot-record.ts';

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

/**
 * Milliseconds by which a start may miss its moment at no cost. Three spacings have 50 ms to spare over the published limit;
 * a late start followed by a punctual one uses up at most this much, the network's jitter may have the rest.
 */
const LATE_MS = 20;

/** Share of the spacing by which a start may be late if all that wait are put off: the next one must not have begun. */
const MOST_DELAY = 0.8;

/** A record that was added, the one before it, and its number. */
export interface AddedRecord<T> {
  readonly made: T;
  readonly last: SlotRecord;
  readonly number: number;
}

/**
 * Adds what `next` makes of the last record at the time (milliseconds since 1970-01-01 UTC); again, when somebody was faster. Null
 * from `next`: nothing is to be added.
 */
export type AppendRecord = <T extends SlotRecord | null>(next: (last: SlotRecord, now: number) => T) => AddedRecord<T>;

/** What a slot reads and writes. */
export interface SlotParts {
  readonly chain: SlotChain;
  readonly clock: Clock;
  readonly append: AppendRecord;
}

/** The slot of the record that claimed it. */
export class ClaimedSlot implements Slot {
  readonly #claimed: AddedRecord<SlotRecord>;
  readonly #parts: SlotParts;
  #tookAt: number;

  constructor(claimed: AddedRecord<SlotRecord>, parts: SlotParts) {
    this.#claimed = claimed;
    this.#parts = parts;
    this.#tookAt = claimed.made.at;
  }

  startsAt(): number {
    return this.#startsAfter(this.#latestAt(this.#parts.clock.now()));
  }

  take(): boolean {
    const { made } = this.#claimed;
    const now = this.#parts.clock.now();
    const latest = this.#latestAt(now);
    if (isRefused(made.pace, latest.pace, now)) return false;
    this.#tookAt = this.#startsAfter(latest);
    const late = now - this.#tookAt;
    if (late <= LATE_MS) return true;
    if (late > made.spacing * MOST_DELAY) return false;
    this.#putOff(late);
    this.#tookAt += late;
    return true;
  }

  started(): void {
    const late = this.#parts.clock.now() - this.#tookAt;
    if (late > LATE_MS) this.#putOff(Math.min(late, this.#claimed.made.spacing));
  }

  giveUp(): void {
    const { made, last, number } = this.#claimed;
    const { chain } = this.#parts;
    if (chain.end().number !== number) return;
    chain.append({ number, record: made, unread: 0 }, withoutStart(last, made.pace));
  }

  #latestAt(now: number): SlotRecord {
    return lastRecord(this.#parts.chain.end(), now);
  }

  /** Its moment, put off by what came since the claim. */
  #startsAfter(latest: SlotRecord): number {
    const { made } = this.#claimed;
    return made.at + Math.max(0, latest.delay - made.delay);
  }

  #putOff(ms: number): void {
    this.#parts.append((before) => withDelay(before, ms));
  }
}

/** True when the pace of a claim was slowed since, or is paused. */
function isRefused(claimed: Pace, { slowedAt, pausedUntil }: Pace, now: number): boolean {
  return (slowedAt !== 0 && slowedAt !== claimed.slowedAt) || pausedUntil > now;
}
