import { RETRY_AFTER_CAP_MS } from '../trouble/retry-delay.ts';

/** How fast an operator is asked at the moment. */
export interface Pace {
  /** Share of the full rate, from 1/16 to 1. */
  readonly share: number;
  /** Good answers since the last change of the share. */
  readonly good: number;
  /** No start before this (milliseconds since 1970-01-01 UTC). */
  readonly pausedUntil: number;
  /** When the share was last halved. */
  readonly slowedAt: number;
  /** Refusals in a row. */
  readonly refusals: number;
  /** First refusal since the last good answer, or null. */
  readonly refusedSince: number | null;
}

/** The pace before the first answer. */
export const FULL_PACE: Pace = {
  share: 1,
  good: 0,
  pausedUntil: 0,
  slowedAt: 0,
  refusals: 0,
  refusedSince: null,
};

/** The slowest share: at NCBI without a key one start in 5.6 s. */
const LEAST_SHARE = 1 / 16;

/** Share of the full rate that comes back at a time. */
const RECOVERY_STEP = 0.1;

/** Good answers that bring one step back at the full rate; fewer at a slower one, so that a step takes the same time at any. */
const GOOD_PER_STEP = 10;

/** Milliseconds after the last pause at which a pace is full again by itself: where somebody asks, good answers bring it back earlier. */
const FORGET_MS = 600_000;

/** The margin over the published spacing: three starts span 1.05 s instead of 1 s, 50 ms for the network's jitter. */
const MARGIN = 1.05;

/** Milliseconds between two starts. */
export function spacing(perSecond: number, pace: Pace): number {
  return (1000 / (perSecond * pace.share)) * MARGIN;
}

/**
 * The pace after a refusal of a request that was started at `startedAt`. `wait` is what the operator asked for in milliseconds, or null:
 * then 1, 2, 4, … s. Refusals of requests that were under way when the pace was halved do not halve it again.
 */
export function afterRefusal(pace: Pace, now: number, startedAt: number, wait: number | null): Pace {
  const refusedSince = pace.refusedSince ?? now;
  // One that lies ahead was written before the clock was set back.
  if (pace.slowedAt <= now && startedAt <= pace.slowedAt) {
    return { ...pace, refusedSince, good: 0, pausedUntil: Math.max(pace.pausedUntil, now + (wait ?? 0)) };
  }
  const pause = wait ?? Math.min(2 ** pace.refusals * 1000, RETRY_AFTER_CAP_MS);
  return {
    share: Math.max(pace.share / 2, LEAST_SHARE),
    good: 0,
    pausedUntil: Math.max(pace.pausedUntil, now + pause),
    slowedAt: now,
    refusals: pace.refusals + 1,
    refusedSince,
  };
}

/** The pace as it is now: what was refused long ago no longer counts. */
export function currentPace(pace: Pace, now: number): Pace {
  return now - Math.max(pace.pausedUntil, pace.slowedAt) > FORGET_MS ? FULL_PACE : pace;
}

/** The pace after an answer that was no refusal; the same object when nothing changes. */
export function afterAnswer(pace: Pace): Pace {
  if (pace.share === 1) return pace.refusedSince === null ? pace : { ...pace, refusals: 0, refusedSince: null };
  const good = pace.good + 1;
  if (good < GOOD_PER_STEP * pace.share) return { ...pace, good, refusals: 0, refusedSince: null };
  // Rounded, so that 0.7 + 0.1 + 0.1 + 0.1 is 1.
  const share = Math.min(1, Math.round((pace.share + RECOVERY_STEP) * 1e6) / 1e6);
  return { ...pace, share, good: 0, refusals: 0, refusedSince: null };
}
