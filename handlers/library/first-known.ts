/** The first value of a ranked list that a source said; null when none did. */
export function firstKnown<T>(...ranked: readonly (T | null | undefined)[]): T | null {
  for (const value of ranked) if (value !== null && value !== undefined) return value;
  return null;
}

/** The values without repeats and without those that no source said, in their order. */
export function distinct(values: Iterable<string | null | undefined>): string[] {
  const seen = new Set<string>();
  for (const value of values) if (value !== null && value !== undefined && value !== '') seen.add(value);
  return [...seen];
}

/** The distinct values joined with a separator; null when there is none. */
export function joined(values: Iterable<string | null | undefined>, separator: string): string | null {
  const list = distinct(values);
  return list.length === 0 ? null : list.join(separator);
}
