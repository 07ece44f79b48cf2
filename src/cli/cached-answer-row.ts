import type { PrintColumn, PrintRow } from '../formats/cell.ts';
import type { CachedAnswer } from '../ports/cache-care.ts';
import { byteSize } from './render/byte-size.ts';
import { duration } from './render/plural.ts';

/** Columns for programs. */
export const FULL_COLUMNS: readonly PrintColumn[] = [
  { name: 'key' },
  { name: 'handler' },
  { name: 'url' },
  { name: 'status', numeric: true },
  { name: 'bytes', numeric: true },
  { name: 'fetched_at' },
  { name: 'used_at' },
  { name: 'age_seconds', numeric: true },
  { name: 'fresh' },
];

/** Columns for people. */
export const TABLE_COLUMNS: readonly PrintColumn[] = [
  { name: 'key' },
  { name: 'status', numeric: true },
  { name: 'size', numeric: true },
  { name: 'age', numeric: true },
  { name: 'fresh' },
  { name: 'url' },
];

/** A stored answer as a row of either. */
export function answerRow(answer: CachedAnswer): PrintRow {
  const { key, handler, url, status, bytes, fetchedAt, usedAt, ageSeconds, isFresh } = answer;
  return {
    key,
    handler,
    url,
    status,
    bytes,
    size: byteSize(BigInt(bytes)),
    fetched_at: fetchedAt,
    used_at: usedAt,
    age_seconds: ageSeconds,
    age: ageText(ageSeconds),
    fresh: isFresh,
  };
}

/** Days from two days on. */
function ageText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  return days < 2 ? duration(seconds) : `${days} d`;
}
