import type { Table } from '../../records/table.ts';
import { syncFolder } from '../disk/disk.ts';
import { followingManifest, type Segment, type TableState } from '../manifest/manifest.ts';
import { isOlder } from '../manifest/older-version.ts';
import { tableOf } from '../manifest/table-of.ts';
import { compareKeys } from '../plan/compare-keys.ts';
import { columnList, DELETED, segmentColumns, sqlName } from '../segments/column-sql.ts';
import type { Parameter } from '../segments/duckdb.ts';
import { currentDigest, SEGMENT_INDEX, segmentRows } from '../segments/live-rows.ts';
import { reading } from '../segments/segments.ts';
import { writeQuery } from '../segments/write-query.ts';
import { areThere, type CommitContext, discard } from './commit.ts';
import {
  areInOrder,
  baseRanges,
  baseSegmentRows,
  type Compaction,
  type KeyRange,
  overlaps,
  planCompaction,
  replaceSegments,
  type SegmentReplacement,
} from './plan-compaction.ts';

/** Compacts one table as far as it pays. True when something was done. */
export async function compactTable(context: CommitContext, name: string, whole: boolean): Promise<boolean> {
  const manifest = await context.log.newest();
  const state = manifest.tables[name];
  // Tables of an older version are rewritten by a migration only.
  if (state === undefined || isOlder(manifest)) return false;
  const compaction = planCompaction(state, whole);
  if (compaction.kind === 'none') return false;
  const replacement = await carryOut(context, name, state, compaction);
  await syncFolder(context.layout.segments);
  return publishReplacement(context, replacement);
}

function carryOut(
  context: CommitContext,
  name: string,
  state: TableState,
  compaction: Exclude<Compaction, { kind: 'none' }>,
): Promise<SegmentReplacement> {
  switch (compaction.kind) {
    case 'base':
      return rewriteBase(context, name, state);
    case 'deltas':
      return mergeDeltas(context, name, state, compaction.inputs);
    case 'neighbours':
      return mergeNeighbours(context, name, state, compaction.groups);
    default:
      return compaction satisfies never;
  }
}

async function publishReplacement(context: CommitContext, replacement: SegmentReplacement): Promise<boolean> {
  const commit = context.randomId();
  for (;;) {
    const newest = await context.log.newest();
    const state = isOlder(newest) ? null : replaceSegments(newest.tables[replacement.name], replacement);
    const made = [...replacement.base, ...replacement.deltas];
    // Another process compacted the same segments: its outputs count. Or this one stood still for an hour, and garbage
    // collection took what no manifest named.
    if (state === null || !(await areThere(context, made))) {
      await discard(context, made);
      return false;
    }
    const tables = { ...newest.tables, [replacement.name]: state };
    const at = new Date(context.clock.now()).toISOString();
    const note = { ...context.author, kind: 'compaction' as const, job: null, tables: {} };
    if (await context.log.append(followingManifest(newest, { commit, at, made: note, tables }))) return true;
  }
}

/** Many small deltas → one; removed rows stay marked, since the base may hold them. */
export async function mergeDeltas(
  context: CommitContext,
  name: string,
  state: TableState,
  inputs: readonly Segment[],
): Promise<SegmentReplacement> {
  const merged = await writeMerged(context, name, state, { inputs, condition: 'true', parameters: [], kind: 'delta' });
  const range = { from: inputs[0]?.from ?? 0, to: inputs.at(-1)?.to ?? 0 };
  return { name, inputs, base: [], deltas: merged === null ? [] : [{ ...merged, ...range }] };
}

/** Base segments that follow each other → one: copied in their order, nothing is sorted. */
async function mergeNeighbours(
  context: CommitContext,
  name: string,
  state: TableState,
  groups: readonly (readonly Segment[])[],
): Promise<SegmentReplacement> {
  const base = await collected(context, async (add) => {
    for (const inputs of groups) {
      add(await writeMerged(context, name, state, { inputs, condition: 'true', parameters: [], kind: 'base' }));
    }
  });
  return { name, inputs: groups.flat(), base, deltas: [] };
}

/** The segments that a work writes, one by one. After an error none is left: on a full disk every attempt would leave more. */
async function collected(
  context: CommitContext,
  work: (add: (segment: Segment | null) => void) => Promise<void>,
): Promise<Segment[]> {
  const segments: Segment[] = [];
  try {
    await work((segment) => {
      if (segment !== null) segments.push(segment);
    });
    return segments;
  } catch (error) {
    await discard(context, segments);
    throw error;
  }
}

/** All deltas into the base, range by range; ranges that no delta touches keep their segment. */
async function rewriteBase(context: CommitContext, name: string, state: TableState): Promise<SegmentReplacement> {
  const inputs: Segment[] = [...state.deltas];
  const base = await collected(context, async (add) => {
    for (const range of baseRanges(state.base)) {
      const deltas = state.deltas.filter((segment) => overlaps(segment, range));
      const touched = deltas.length === 0 ? 0 : await countRows(context, state, deltas, rangeCondition(state, range));
      if (touched === 0) continue;
      const segments = range.segment === null ? deltas : [range.segment, ...deltas];
      if (range.segment !== null) inputs.push(range.segment);
      for (const slice of await sliceRange(context, state, segments, range, touched + (range.segment?.rows ?? 0))) {
        const within = segments.filter((segment) => overlaps(segment, slice));
        add(await writeMerged(context, name, state, { inputs: within, ...rangeCondition(state, slice), kind: 'base' }));
      }
    }
  });
  return { name, inputs, base, deltas: [] };
}

/** A condition over the first primary-key column, with its bound values. */
interface RangeCondition {
  readonly condition: string;
  readonly parameters: readonly Parameter[];
}

function rangeCondition(state: TableState, range: KeyRange): RangeCondition {
  const key = sqlName(tableOf(state).primaryKey[0] ?? '');
  const parameters: string[] = [];
  const parts: string[] = [];
  if (range.lower !== null) parts.push(`${key} >= $${parameters.push(range.lower)}`);
  if (range.upper !== null) parts.push(`${key} < $${parameters.push(range.upper)}`);
  return { condition: parts.length === 0 ? 'true' : parts.join(' AND '), parameters };
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
  const most = baseSegmentRows(state.rows);
  if (rows <= 2 * most) return [range];
  const parts = Math.ceil(rows / most);
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
function writeMerged(
  context: CommitContext,
  name: string,
  state: TableState,
  merge: MergeInput,
): Promise<Segment | null> {
  const table = tableOf(state);
  return writeQuery(context, {
    name,
    key: table.primaryKey[0] ?? '',
    query: mergeQuery(context.layout.segments, table, merge),
    parameters: merge.parameters,
    inputs: merge.inputs,
    compression: merge.kind === 'base' ? 'zstd' : 'snappy',
    columns: currentDigest(table),
  });
}
