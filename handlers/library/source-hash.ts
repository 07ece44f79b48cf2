import { createHash } from 'node:crypto';

/** SHA-256 (hex) of the canonical JSON of a record's own source fragment: names sorted, absent as null, bigint as text. */
export function sourceHash(fragment: unknown): string {
  return createHash('sha256').update(canonical(fragment)).digest('hex');
}

function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
