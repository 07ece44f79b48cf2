/** Answers come faster than milliseconds pass: the text of the last one is kept. */
const last = { ms: Number.NaN, text: '' };

/** A moment (milliseconds since 1970-01-01 UTC) as ISO 8601 UTC. */
export function isoTime(ms: number): string {
  if (ms !== last.ms) {
    last.text = new Date(ms).toISOString();
    last.ms = ms;
  }
  return last.text;
}
