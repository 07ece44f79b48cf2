import { join } from 'node:path';
import type { Table } from '../../records/table.ts';
import { removeIfThere, syncFolder, temporaryBeside } from '../disk/disk.ts';
import { FORMAT_VERSION, followingManifest, type Segment, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import { compareKeys } from '../plan/compare-keys.ts';
import { columnList, DELETED, segmentColumns, sqlName, sqlText } from '../segments/column-sql.ts';
import type { Parameter } from '../segments/duckdb.ts';
import { currentDigest, SEGMENT_INDEX, segmentRows } from '../segments/live-rows.ts';
import { copyOptions, finishSegment, reading } from '../segments/segments.ts';
import type { CommitContext } from './commit.ts';

/** Deltas that become one when their rows do not yet pay for rewriting the base. */
export const DELTAS_TO_MERGE = 32;

/** Rows in deltas at which the base is rewritten: these, or this share of the base. */
export const DELTA_ROWS = 5_000;

const DELTA_SHARE = 0.1;

/**
 * Rows of one base segment. A base is many segments with disjoint ranges, of which a compaction rewrites those that
 * changed, one at a time: its memory is that of one segment (80 ms and 60 MB for 20,480 rows of 26 columns, where sorting
 * 80,000 rows at once took 400 MB; DuckDB 1.5.6, 2026-11), and its cost that of the ranges that were touched.
 */
export const BASE_SEGMENT_ROWS = 10_240;

/** What there is to do for one table: nothing, merge these deltas into one, or take all deltas into the base. */
export type Compaction =
  | { readonly kind: 'none' }
  | { readonly kind: 'deltas'; readonly inputs: readonly Segment[] }
  | { readonly kind: 'base' };

/** Decides what to compact; pure. `whole`: nothing may stay in deltas. */
export function planCompaction(state: TableState, whole: boolean): Compaction {
  const deltaRows = state.deltas.reduce((sum, segment) => sum + segment.rows, 0);
  const baseRows = state.base.reduce((sum, segment) => sum + segment.rows, 0);
  if (state.deltas.length === 0) return { kind: 'none' };
  if (whole || deltaRows >= Math.max(DELTA_ROWS, baseRows * DELTA_SHARE)) return { kind: 'base' };
  const firstSmall = state.deltas.findLastIndex((segment) => segment.rows >= DELTA_ROWS) + 1;
  const inputs = state.deltas.slice(firstSmall);
  return inputs.length >= DELTAS_TO_MERGE ? { kind: 'deltas', inputs } : { kind: 'none' };
}

/** "Replace these inputs by these outputs" in one table. */
interface Replacement {
  readonly name: string;
  readonly inputs: readonly Segment[];
  readonly base: readonly Segment[];
  readonly deltas: readonly Segment[];
}

/** The state after a replacement, or null when an input is not live any more. */
export function replaceSegments(state: TableState | undefined, replacement: Replacement): TableState | null {
  if (state === undefined) return null;
  const gone = new Set(replacement.inputs.map((segment) => segment.file));
  const live = [...state.base, ...state.deltas].filter((segment) => gone.has(segment.file));
  if (live.length !== gone.size) return null;
  const kept = (segment: Segment): boolean => !gone.has(segment.file);
  const base = [...state.base.filter(kept), ...replacement.base].sort((a, b) => compareKeys(a.first, b.first));
  const deltas = [...state.deltas.filter(kept), ...replacement.deltas].sort((a, b) => a.from - b.from);
  const rows = deltas.length === 0 ? base.reduce((sum, segment) => sum + segment.rows, 0) : state.rows;
  return { ...state, rows, base, deltas };
}

/** Compacts one table as far as it pays. True when something was done. */
export async function compactTable(context: CommitContext, name: string, whole: boolean): Promise<boolean> {
  const manifest = await context.log.newest();
  const state = manifest.tables[name];
  if (state === undefined) return false;
  const compaction = planCompaction(state, whole);
  if (compaction.kind === 'none') return false;
  const replacement =
    compaction.kind === 'base'
      ? await rewriteBase(context, name, state)
      : await mergeDeltas(context, name, state, compaction.inputs);
  await syncFolder(context.layout.segments);
  return publishReplacement(context, replacement);
}

async function publishReplacement(context: CommitContext, replacement: Replacement): Promise<boolean> {
  const commit = context.randomId();
  for (;;) {
    const newest = await context.log.newest();
    const state = replaceSegments(newest.tables[replacement.name], replacement);
    if (state === null) {
      // Another process compacted the same segments: its outputs count.
      for (const { file } of [...replacement.base, ...replacement.deltas]) {
        await removeIfThere(join(context.layout.segments, file));
      }
      return false;
    }
    const tables = { ...newest.tables, [replacement.name]: state };
    const at = new Date(context.clock.now()).toISOString();
    const made = { ...context.author, kind: 'compaction' as const, job: null, tables: {} };
    if (await context.log.append(followingManifest(newest, { commit, at, made, tables }))) return true;
  }
}

/** Many small deltas → one; removed rows stay marked, since the base may hold them. */
async function mergeDeltas(
  context: CommitContext,
  name: string,
  state: TableState,
  inputs: readonly Segment[],
): Promise<Replacement> {
  const merged = await writeMerged(context, name, state, { inputs, condition: 'true', parameters: [], kind: 'delta' });
  const range = { from: inputs[0]?.from ?? 0, to: inputs.at(-1)?.to ?? 0 };
  return { name, inputs, base: [], deltas: merged === null ? [] : [{ ...merged, ...range }] };
}

/** A range of keys of the base, with the segment that holds it; null for keys beyond the last one. */
interface BaseRange {
  readonly segment: Segment | null;
  /** Excluded when `segment` is null, else included; null: from the beginning. */
  readonly lower: string | null;
  /** Excluded; null: to the end. */
  readonly upper: string | null;
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
  if (last.rows < BASE_SEGMENT_ROWS / 2) return ranges;
  const afterLast = `${last.last}\u0000`;
  const bounded = ranges.map((range) => (range.segment === last ? { ...range, upper: afterLast } : range));
  return [...bounded, { segment: null, lower: afterLast, upper: null }];
}

/** All deltas into the base, range by range; ranges that no delta touches keep their segment. */
async function rewriteBase(context: CommitContext, name: string, state: TableState): Promise<Replacement> {
  const inputs: Segment[] = [...state.deltas];
  const base: Segment[] = [];
  for (const range of baseRanges(state.base)) {
    const deltas = state.deltas.filter((segment) => overlaps(segment, range));
    const touched = deltas.length === 0 ? 0 : await countRows(context, state, deltas, rangeCondition(state, range));
    if (touched === 0) continue;
    const segments = range.segment === null ? deltas : [range.segment, ...deltas];
    if (range.segment !== null) inputs.push(range.segment);
    const slices = await sliceRange(context, state, segments, range, touched + (range.segment?.rows ?? 0));
    for (const slice of slices) {
      const merged = await writeMerged(context, name, state, {
        inputs: segments.filter((segment) => overlaps(segment, slice)),
        ...rangeCondition(state, slice),
        kind: 'base',
      });
      if (merged !== null) base.push(merged);
    }
  }
  return { name, inputs, base, deltas: [] };
}

/** A condition over the first primary-key column, with its bound values. */
interface RangeCondition {
  readonly condition: string;
  readonly parameters: readonly Parameter[];
}

type KeyRange = Pick<BaseRange, 'lower' | 'upper'>;

function rangeCondition(state: TableState, range: KeyRange): RangeCondition {
  const key = sqlName(tableOf(state).primaryKey[0] ?? '');
  const parameters: string[] = [];
  const parts: string[] = [];
  if (range.lower !== null) parts.push(`${key} >= $${parameters.push(range.lower)}`);
  if (range.upper !== null) parts.push(`${key} < $${parameters.push(range.upper)}`);
  return { condition: parts.length === 0 ? 'true' : parts.join(' AND '), parameters };
}

function overlaps(segment: Segment, range: KeyRange): boolean {
  const isAbove = range.upper !== null && compareKeys(segment.first, range.upper) >= 0;
  const isBelow = range.lower !== null && compareKeys(segment.last, range.lower) < 0;
  return !isAbove && !isBelow;
}

async function countRows(
  context: CommitContext,
  state: TableState,
  segments: readonly Segment[],
  range: RangeCondition,
): Promise<number> {
  const folder = context.layout.segments;
  const rows = segmentRows(folder, tableOf(state), segments);
  const sql = `SELECT count(*)::VARCHAR FROM (${rows}) WHERE ${range.condition}`;
  const answer = await reading(folder, segments, async () => (await context.engine()).rows(sql, range.parameters));
  return Number(answer[0]?.[0]);
}

/** Cuts a range that outgrew one segment at the quantiles of its keys. */
async function sliceRange(
  context: CommitContext,
  state: TableState,
  segments: readonly Segment[],
  range: KeyRange,
  rows: number,
): Promise<KeyRange[]> {
  if (rows <= 2 * BASE_SEGMENT_ROWS) return [range];
  const parts = Math.ceil(rows / BASE_SEGMENT_ROWS);
  const key = sqlName(tableOf(state).primaryKey[0] ?? '');
  const folder = context.layout.segments;
  const { condition, parameters } = rangeCondition(state, range);
  const source = segmentRows(folder, tableOf(state), segments);
  const tiles = `SELECT ${key} AS k, ntile(${parts}) OVER (ORDER BY ${key}) AS tile FROM (${source}) WHERE ${condition}`;
  const sql = `SELECT min(k) FROM (${tiles}) WHERE tile > 1 GROUP BY tile`;
  const answer = await reading(folder, segments, async () => (await context.engine()).rows(sql, parameters));
  const cuts = [...new Set(answer.map((row) => String(row[0])))].sort(compareKeys);
  const lowers = [range.lower, ...cuts.filter((cut) => range.lower === null || compareKeys(cut, range.lower) > 0)];
  return lowers.map((lower, index) => ({ lower, upper: lowers[index + 1] ?? range.upper }));
}

interface MergeInput extends RangeCondition {
  readonly inputs: readonly Segment[];
  readonly kind: 'base' | 'delta';
}

/** True when each segment begins after the one before it ends: then every key is in one of them only, and they are in order. */
export function areInOrder(segments: readonly Segment[]): boolean {
  return segments.every((segment, index) => {
    const before = segments[index - 1];
    return before === undefined || compareKeys(before.last, segment.first) < 0;
  });
}

/**
 * A query for the newest row of each key of a range, sorted. Segments that follow each other, as those of a large series
 * do, are read one after the other: 35 MB less than a window and a sort over 10,240 rows of 26 columns.
 */
function mergeQuery(folder: string, table: Table, merge: MergeInput): string {
  const columns = columnList(segmentColumns(table));
  const kept = merge.kind === 'base' ? `NOT ${DELETED}` : 'true';
  const inOrder = merge.inputs.toSorted((a, b) => compareKeys(a.first, b.first));
  if (areInOrder(inOrder)) {
    return `SELECT ${columns} FROM (${segmentRows(folder, table, inOrder)}) WHERE ${merge.condition} AND ${kept}`;
  }
  const key = table.primaryKey.map(sqlName).join(', ');
  const rows = `SELECT * FROM (${segmentRows(folder, table, merge.inputs)}) WHERE ${merge.condition}`;
  const newest = `QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${SEGMENT_INDEX} DESC) = 1`;
  return `SELECT ${columns} FROM (SELECT * FROM (${rows}) ${newest}) WHERE ${kept} ORDER BY ${key}`;
}

/** The newest row of each key of a range → one sorted segment; null when nothing is left. */
async function writeMerged(
  context: CommitContext,
  name: string,
  state: TableState,
  merge: MergeInput,
): Promise<Segment | null> {
  const { layout } = context;
  const table = tableOf(state);
  const query = mergeQuery(layout.segments, table, merge);
  const temporary = temporaryBeside(join(layout.segments, name), context.randomId());
  const options = copyOptions(merge.kind === 'base' ? 'zstd' : 'snappy', { format: FORMAT_VERSION, table: name });
  const engine = await context.engine();
  try {
    await reading(layout.segments, merge.inputs, () =>
      engine.run(`COPY (${query}) TO ${sqlText(temporary)} ${options}`, merge.parameters),
    );
    const first = sqlName(table.primaryKey[0] ?? '');
    const facts = `SELECT count(*)::VARCHAR, min(${first}), max(${first}) FROM read_parquet(${sqlText(temporary)})`;
    const [count, least, greatest] = (await engine.rows(facts))[0] ?? [];
    if (count === '0') {
      await removeIfThere(temporary);
      return null;
    }
    const written = await finishSegment(context, temporary, name);
    const range = { first: String(least), last: String(greatest), from: 0, to: 0 };
    return { ...written, rows: Number(count), columns: currentDigest(table), ...range };
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}
