import { readAccession } from './accession.ts';
import { cleanIdText } from './clean-text.ts';

/** Members that a range may have without asking for a large one. */
export const MOST_MEMBERS = 10_000;

/** Members that even a large range may have; bounds memory. */
export const MOST_MEMBERS_OF_LARGE = 1_000_000;

/** What a range stands for: its members in order, or why it is refused. */
export type Range =
  | { readonly ok: true; readonly ids: string[] }
  | { readonly ok: false; readonly reason: string; readonly nearest: string | null };

interface Ends {
  readonly prefix: string;
  readonly first: string;
  readonly lastPrefix: string;
  readonly last: string;
}

/**
 * Expands `SRR1000001-SRR1000009`, `SRR1000001..SRR1000009` or `SRR1000001-1000009`; null for a text that is no range.
 * Both ends have one prefix, padding with zeros is kept. The size is checked before anything is expanded.
 */
export function expandRange(text: string, options: { readonly largeRange?: boolean } = {}): Range | null {
  const ends = endsOf(cleanIdText(text).toUpperCase());
  if (ends === null) return null;
  const reason = faultOf(ends, options.largeRange === true);
  if (reason !== null) return { ok: false, reason, nearest: null };
  const start = Number(ends.first);
  const length = Number(ends.last) - start + 1;
  const width = ends.first.length;
  const ids = Array.from({ length }, (_, index) => ends.prefix + String(start + index).padStart(width, '0'));
  return badMember(ids) ?? { ok: true, ids };
}

/** The two ends, when at least one side is a known accession or both have one prefix (a plug-in's ids). */
function endsOf(text: string): Ends | null {
  const match = /^([A-Z]+)(\d+)\s*(?:\.\.+|…|[-–—])\s*([A-Z]*)(\d+)$/.exec(text);
  if (match === null) return null;
  const [, prefix = '', first = '', lastPrefix = '', last = ''] = match;
  const isKnown = readAccession(prefix + first).ok;
  if (lastPrefix !== prefix && !isKnown && !readAccession(lastPrefix + last).ok) return null;
  return { prefix, first, lastPrefix: lastPrefix === '' ? prefix : lastPrefix, last };
}

function faultOf(ends: Ends, largeRange: boolean): string | null {
  const { prefix, first, lastPrefix, last } = ends;
  if (lastPrefix !== prefix) return `a range from ${prefix} to ${lastPrefix}: both ends must begin alike`;
  if (first.length > 15 || last.length > 15) return 'a range of numbers with more than 15 digits';
  const isPadded = first.startsWith('0') || last.startsWith('0');
  if ((isPadded || Number(last) < Number(first)) && last.length !== first.length) {
    return `a range whose ends have ${first.length} and ${last.length} digits: write both ends in full`;
  }
  const length = Number(last) - Number(first) + 1;
  if (length < 1) return `a range that descends: ${prefix}${last} comes before ${prefix}${first}`;
  if (length > MOST_MEMBERS_OF_LARGE)
    return `a range of ${count(length)} ids; the most is ${count(MOST_MEMBERS_OF_LARGE)}`;
  if (length > MOST_MEMBERS && !largeRange) {
    return `a range of ${count(length)} ids; more than ${count(MOST_MEMBERS)} only with --large-range`;
  }
  return null;
}

/** `SRR123-SRR125`: when the ends are no accessions, nor are the members. Ids of plug-ins pass. */
function badMember(ids: readonly string[]): Range | null {
  const first = readAccession(ids[0] ?? '');
  const last = readAccession(ids[ids.length - 1] ?? '');
  if (first.ok === last.ok) return null;
  const [refused, id] = first.ok ? [last, ids[ids.length - 1]] : [first, ids[0]];
  return refused.ok
    ? null
    : { ok: false, reason: `a range whose end ${id} is no accession: ${refused.reason}`, nearest: refused.nearest };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
