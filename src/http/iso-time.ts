/** Many answers come within a second: its text is kept. */
const last = { second: Number.NaN, text: '' };

/** A moment (milliseconds since 1970-01-01 UTC) as ISO 8601 UTC: `2026-01-01T00:00:00.000Z`. */
export function isoTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== last.second) {
    last.text = new Date(second * 1000).toISOString().slice(0, -4);
    last.second = second;
  }
  return `${last.text}${String(Math.floor(ms) - second * 1000).padStart(3, '0')}Z`;
}
