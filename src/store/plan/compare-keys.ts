/** UTF-16 code units sort like UTF-8 bytes below the surrogates only. */
const ABOVE_PLAIN = /[\ud800-\uffff]/;

/**
 * Order of two keys by their UTF-8 bytes, which is DuckDB's order of text.
 * JavaScript's own `<` differs from it for characters above U+FFFF (a file name may hold them), and a range that is
 * computed in one order and searched in the other would hide rows.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  if (ABOVE_PLAIN.test(a) || ABOVE_PLAIN.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** True when a sorted list of keys has one within `first` and `last`, both included. */
export function anyKeyWithin(sorted: readonly string[], first: string, last: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(sorted[middle] ?? '', first) < 0) low = middle + 1;
    else high = middle;
  }
  const candidate = sorted[low];
  return candidate !== undefined && compareKeys(candidate, last) <= 0;
}

/** The keys, each once, in the order of `compareKeys`. */
export function sortedKeys(keys: Iterable<string>): string[] {
  return [...new Set(keys)].sort(compareKeys);
}
