import type { Segment, TableState } from '../manifest/manifest.ts';
import { compareKeys } from '../plan/compare-keys.ts';
import { ROW_GROUP_ROWS } from '../segments/segments.ts';

/** Deltas that become one when their rows do not yet pay for rewriting the base. */
export const DELTAS_TO_MERGE = 32;

/** Rows in deltas at which the base is rewritten: these, or this share of the base. */
export const DELTA_ROWS = 5_000;

const DELTA_SHARE = 0.1;

/**
 * Least rows of one base segment. A base is many segments with disjoint ranges, of which a compaction rewrites those that
 * changed, one at a time: its memory is that of one segment (80 ms and 60 MB for 20,480 rows of 26 columns, where sorting
 * 80,000 rows at once took 400 MB; DuckDB 1.5.6, 2026-11), and its cost that of the ranges that were touched.
 */
export const BASE_SEGMENT_ROWS = 10_240;

/** Most rows of one base segment, so that the memory of a compaction does not grow with the table. */
const MOST_SEGMENT_ROWS = 122_880;

/**
 * Base segments that a large table should have. Each costs a query 0.1 to 0.2 ms to open: counting 1,000,000 rows by
 * organism takes 22 ms over 99 segments, 11 ms over 32, 10 ms over 16 or over one file (DuckDB 1.5.6, 2 cores, 2026-11).
 */
const SEGMENTS_OF_A_BASE = 16;

/** Rows that a base segment of a table of so many rows should have: whole row groups when there are several. */
export function baseSegmentRows(tableRows: number): number {
  const groups = Math.floor(tableRows / SEGMENTS_OF_A_BASE / ROW_GROUP_ROWS);
  return Math.min(MOST_SEGMENT_ROWS, Math.max(BASE_SEGMENT_ROWS, groups * ROW_GROUP_ROWS));
}

/** What there is to do for one table. */
export type Compaction =
  | { readonly kind: 'none' }
  /** These deltas become one. */
  | { readonly kind: 'deltas'; readonly inputs: readonly Segment[] }
  /** All deltas go into the base. */
  | { readonly kind: 'base' }
  /** The table outgrew its base segments: neighbours become one. */
  | { readonly kind: 'neighbours'; readonly groups: readonly (readonly Segment[])[] };

function rowsOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.rows, 0);
}

/** Decides what to compact; pure. `whole`: nothing may stay in deltas. */
export function planCompaction(state: TableState, whole: boolean): Compaction {
  const deltaRows = rowsOf(state.deltas);
  const baseRows = rowsOf(state.base);
  const isDue = whole || deltaRows >= Math.max(DELTA_ROWS, baseRows * DELTA_SHARE);
  if (state.deltas.length > 0 && isDue) return { kind: 'base' };
  const firstSmall = state.deltas.findLastIndex((segment) => segment.rows >= DELTA_ROWS) + 1;
  const inputs = state.deltas.slice(firstSmall);
  if (inputs.length >= DELTAS_TO_MERGE) return { kind: 'deltas', inputs };
  const groups = state.base.length > 3 * SEGMENTS_OF_A_BASE ? neighbours(state.base, baseSegmentRows(baseRows)) : [];
  return groups.length > 0 ? { kind: 'neighbours', groups } : { kind: 'none' };
}

/** Runs of segments that together are no larger than one should be. */
function neighbours(base: readonly Segment[], most: number): Segment[][] {
  const groups: Segment[][] = [];
  let group: Segment[] = [];
  for (const segment of base) {
    if (group.length > 0 && rowsOf(group) + segment.rows > most) {
      groups.push(group);
      group = [];
    }
    group.push(segment);
  }
  groups.push(group);
  return groups.filter((one) => one.length > 1);
}

/** "Replace these inputs by these outputs" in one table. */
export interface SegmentReplacement {
  readonly name: string;
  readonly inputs: readonly Segment[];
  readonly base: readonly Segment[];
  readonly deltas: readonly Segment[];
}

/** The state after a replacement, or null when an input is not live any more. */
export function replaceSegments(state: TableState | undefined, replacement: SegmentReplacement): TableState | null {
  if (state === undefined) return null;
  const gone = new Set(replacement.inputs.map((segment) => segment.file));
  const live = [...state.base, ...state.deltas].filter((segment) => gone.has(segment.file));
  if (live.length !== gone.size) return null;
  const kept = (segment: Segment): boolean => !gone.has(segment.file);
  const base = [...state.base.filter(kept), ...replacement.base].sort((a, b) => compareKeys(a.first, b.first));
  const deltas = [...state.deltas.filter(kept), ...replacement.deltas].sort((a, b) => a.from - b.from);
  const rows = deltas.length === 0 ? rowsOf(base) : state.rows;
  return { ...state, rows, base, deltas };
}

/** A range of first primary-key values. */
export interface KeyRange {
  /** Included; null: from the beginning. */
  readonly lower: string | null;
  /** Excluded; null: to the end. */
  readonly upper: string | null;
}

/** A range of keys of the base, with the segment that holds it; null for keys beyond the last one. */
export interface BaseRange extends KeyRange {
  readonly segment: Segment | null;
}

/** The ranges that the segments of a base answer for. Keys beyond a well-filled last segment get a segment of their own. */
export function baseRanges(base: readonly Segment[]): BaseRange[] {
  const last = base.at(-1);
  if (last === undefined) return [{ segment: null, lower: null, upper: null }];
  const ranges = base.map((segment, index) => ({
    segment,
    lower: index === 0 ? null : segment.first,
    upper: base[index + 1]?.first ?? null,
  }));
  if (last.rows < baseSegmentRows(rowsOf(base)) / 2) return ranges;
  const afterLast = `${last.last}\u0000`;
  const bounded = ranges.map((range) => (range.segment === last ? { ...range, upper: afterLast } : range));
  return [...bounded, { segment: null, lower: afterLast, upper: null }];
}

/** True when a segment may hold a key of the range. */
export function overlaps(segment: Segment, range: KeyRange): boolean {
  const isAbove = range.upper !== null && compareKeys(segment.first, range.upper) >= 0;
  const isBelow = range.lower !== null && compareKeys(segment.last, range.lower) < 0;
  return !isAbove && !isBelow;
}

/** True when each segment begins after the one before it ends: then every key is in one of them only, and they are in order. */
export function areInOrder(segments: readonly Segment[]): boolean {
  return segments.every((segment, index) => {
    const before = segments[index - 1];
    return before === undefined || compareKeys(before.last, segment.first) < 0;
  });
}
