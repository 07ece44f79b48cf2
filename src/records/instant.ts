const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?:Z|UTC|([+-]\d{2}):?(\d{2})?)?)?$/i;

/** The years that ISO 8601 writes with four digits. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * ISO 8601 → milliseconds since 1970-01-01 UTC; a blank may stand for the `T`. Without a zone it is UTC, whatever that of the
 * machine. NaN for everything else: `Date.parse` alone takes `5` for a day, and 30 February for one of March.
 */
export function instantMs(text: string): number {
  const [, day, time = '00:00', hours, minutes = '00'] = FORM.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  const midnight = Date.parse(day);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  const ms = Date.parse(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : Number.NaN;
}

/** Text as `instantMs` reads it → `2026-11-21T09:30:00.000Z`; undefined when it is no instant. */
export function settledInstant(text: string): string | undefined {
  const ms = instantMs(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
