import { bytesOf } from '../config/size-text.ts';
import { UsageError } from '../errors/usage-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90m`, `12h`, `7d` as milliseconds; `flag` names the option in a `UsageError`. */
export function readAge(text: string, flag: string): number {
  const ms = amount(text, UNIT_MS);
  if (ms !== null) return ms;
  throw new UsageError(`--${flag} takes an age with its unit (s, m, h, d, w), not "${text}".`, {
    hint: `--${flag} 7d`,
  });
}

/** `2026-11-01`, `2026-11-01T12:00:00Z` or an age before now (`7d`), as milliseconds since 1970-01-01 UTC. */
export function readSince(text: string, now: number): number {
  const age = amount(text, UNIT_MS);
  const at = age === null ? (/^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN) : now - age;
  if (!Number.isNaN(at)) return at;
  throw new UsageError(`--since takes a date (UTC) or an age with its unit (s, m, h, d, w), not "${text}".`, {
    hint: '--since 2026-11-01, --since 7d',
  });
}

/** `500MB`, `1.5 GB` as bytes, in powers of 1000; a number alone is bytes. `flag` names the option in a `UsageError`. */
export function readSize(text: string, flag: string): number {
  const bytes = bytesOf(text);
  if (bytes !== null) return bytes;
  throw new UsageError(`--${flag} takes a size (B, KB, MB, GB, TB), not "${text}".`, { hint: `--${flag} 1GB` });
}

function amount(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return factor === undefined ? null : Number(number) * factor;
}
