/** Rows of one segment that are few: it is worth merging with its neighbours. */
const SMALL_ROWS = 5_000;

/** Small segments of one table that a transaction may have; more are merged into one. */
const MANY_SEGMENTS = 32;

/** Rows at which small segments are merged already: the memory of a merge is bounded by it. */
const MERGE_ROWS = 10_240;

/**
 * The last segments that a transaction staged for one table, if they should become one: so the table that it publishes has
 * few of them, and its own reads stay fast. Empty: nothing to merge.
 */
export function stagedToMerge<S extends { readonly rows: number }>(staged: readonly S[]): readonly S[] {
  const firstSmall = staged.findLastIndex((segment) => segment.rows >= SMALL_ROWS) + 1;
  const small = staged.slice(firstSmall);
  const rows = small.reduce((sum, segment) => sum + segment.rows, 0);
  const isDue = small.length >= MANY_SEGMENTS || rows >= MERGE_ROWS;
  return isDue && small.length > 1 ? small : [];
}
