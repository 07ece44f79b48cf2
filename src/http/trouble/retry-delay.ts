/** Milliseconds of a second. */
const SECOND = 1000;

/** Longest wait that a `Retry-After` header is believed: 60 s. */
export const RETRY_AFTER_CAP_MS = 60 * SECOND;

/** Share of a wait that jitter adds at most, so that workers do not come back in step. */
const JITTER = 0.1;

/** Milliseconds before the next attempt after `failed` failed ones: 1 s, 2 s, 4 s, … plus up to 10 % (`random` from 0 to below 1). */
export function retryDelay(failed: number, random: number): number {
  return Math.round(2 ** (failed - 1) * SECOND * (1 + JITTER * random));
}

/** Milliseconds that a `Retry-After` header (seconds or HTTP date) asks to wait; null when it says nothing readable. */
export function askedWait(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return Number(text) < 0 ? null : Number(text) * SECOND;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(date - now, 0);
}

/** As much of it as is believed: at most 60 s. */
export function retryAfter(header: string | undefined, now: number): number | null {
  const asked = askedWait(header, now);
  return asked === null ? null : Math.min(asked, RETRY_AFTER_CAP_MS);
}

/** A wait as people read it: `2 s`, `1.5 s`. */
export function secondsText(ms: number): string {
  return `${Number((ms / SECOND).toFixed(1))} s`;
}
