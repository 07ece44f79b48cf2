import { RETRY_AFTER_CAP_MS } from '../trouble/retry-delay.ts';
import { currentPace, FULL_PACE, type Pace, spacing } from './pace.ts';

/** What is known about an operator: the last start that was handed out, and how fast it is asked. Times in milliseconds since 1970-01-01 UTC. */
export interface SlotRecord {
  /** The last start time that was handed out; 0 when there was none. */
  readonly at: number;
  /** Milliseconds that were kept before it. */
  readonly spacing: number;
  /** Milliseconds by which starts were put off since the chain began, all together: who waits for one adds what came since its claim. */
  readonly delay: number;
  readonly pace: Pace;
}

/** Where a chain of records ends. */
export interface ChainEnd {
  /** Number of the newest record; 0 when there is none. */
  readonly number: number;
  /** The newest record that can be read, or null. */
  readonly record: SlotRecord | null;
  /** Newer ones that cannot be read. */
  readonly unread: number;
}

/** Nobody was asked yet. */
const BLANK: SlotRecord = { at: 0, spacing: 0, delay: 0, pace: FULL_PACE };

/** Processes that may be in line before one, for telling a long line from a clock that was set back. */
const LONGEST_LINE = 100;

/** Milliseconds of the widest spacing that is believed: a day. */
const WIDEST_SPACING_MS = 86_400_000;

/** The record that the next one builds on. What cannot be read counts as a start; what a clock ahead of ours wrote counts as a start now. */
export function lastRecord({ record, unread }: ChainEnd, now: number): SlotRecord {
  if (record === null) return unread === 0 ? BLANK : { ...BLANK, at: now };
  if (isAhead(record, now)) return { ...BLANK, at: now };
  const pace = currentPace(record.pace, now);
  if (unread === 0 && pace === record.pace) return record;
  const at = unread === 0 ? record.at : Math.max(now, record.at + unread * record.spacing);
  return { ...record, at, pace };
}

/** Further ahead than the longest pause and a long line of processes explain: the clock was set back. */
function isAhead({ at, spacing: kept, pace }: SlotRecord, now: number): boolean {
  return at - now > RETRY_AFTER_CAP_MS + LONGEST_LINE * kept || pace.pausedUntil - now > RETRY_AFTER_CAP_MS;
}

/** The record of the next start: not now if there is a pause, and as far from the last one as the slower of both asks. */
export function nextStart(last: SlotRecord, now: number, perSecond: number): SlotRecord {
  const own = spacing(perSecond, last.pace);
  const at = Math.max(now, last.pace.pausedUntil, last.at + Math.max(own, last.spacing));
  return { at, spacing: own, delay: last.delay, pace: last.pace };
}

/** The record after a start that did not happen, when nobody has claimed another: as before it, at the pace of now. */
export function withoutStart(before: SlotRecord, pace: Pace): SlotRecord {
  return { ...before, pace };
}

/** The record after a start that was late: all that wait start so much later. */
export function withDelay(last: SlotRecord, ms: number): SlotRecord {
  return { ...last, at: last.at + ms, delay: last.delay + ms };
}

/** The record of another pace. A pace that was slowed makes the starts that still wait void, so none is later than now. */
export function withPace(last: SlotRecord, pace: Pace, now: number): SlotRecord {
  // Not later alone: the clock may have been set back.
  const isSlowed = pace.slowedAt !== last.pace.slowedAt;
  return { ...last, pace, at: isSlowed ? Math.min(last.at, now) : last.at };
}

/** The text of a record. */
export function formatRecord(record: SlotRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** The record of a text; null when it is damaged, or somebody else's. */
export function parseRecord(text: string): SlotRecord | null {
  try {
    const { at, spacing: kept, delay, pace } = JSON.parse(text) as SlotRecord;
    const { share, good, pausedUntil, slowedAt, refusals, refusedSince } = pace;
    const counts = [at, kept, delay, share, good, pausedUntil, slowedAt, refusals, refusedSince ?? 0];
    if (!counts.every((count) => Number.isFinite(count) && count >= 0)) return null;
    if (share <= 0 || share > 1 || kept > WIDEST_SPACING_MS) return null;
    return { at, spacing: kept, delay, pace: { share, good, pausedUntil, slowedAt, refusals, refusedSince } };
  } catch {
    return null;
  }
}
