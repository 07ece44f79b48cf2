/** The known key that is nearest to a mistyped one: at most two typing errors, and fewer than half of its letters; else null. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  const wanted = plain(key);
  let best: { readonly name: string; readonly errors: number } | null = null;
  for (const name of known) {
    const errors = typingErrors(wanted, plain(name));
    if (errors <= 2 && errors * 2 < name.length && (best === null || errors < best.errors)) best = { name, errors };
  }
  return best?.name ?? null;
}

/** `cache_dir`, `cache-dir` and `CacheDir` are one key to whoever mistypes it. */
function plain(key: string): string {
  return key.toLowerCase().replace(/[-_\s]/g, '');
}

/** Letters to insert, remove, replace or swap with the next one (optimal string alignment). */
function typingErrors(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(beforeLast, j - 2) + 1 : replaced;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
