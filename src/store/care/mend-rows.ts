import { syncFolder } from '../disk/disk.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { tableOf } from '../manifest/table-of.ts';
import type { CommitContext } from '../parquet/commit.ts';
import { columnList, segmentColumns, sqlName } from '../segments/column-sql.ts';
import { currentDigest } from '../segments/live-rows.ts';
import { writeQuery } from '../segments/write-query.ts';
import { canLook, ROW_CHECKS, withoutTables } from './check/check-rows.ts';
import { countLive, segmentCounts } from './check/check-segments.ts';
import type { LiveTables, RowCheck } from './check/row-check.ts';

/** Tables after mending, and the checks that something was mended of. */
export interface MendedTables {
  readonly tables: Manifest['tables'];
  readonly mended: ReadonlySet<string>;
}

/**
 * Mends the rows of all checks that are wanted, one check after the other: each sees what those before it did. What is
 * mended is written as delta segments by the engine; no row passes through JavaScript.
 */
export async function mendRows(
  context: CommitContext,
  newest: Manifest,
  wanted: ReadonlySet<string>,
  damaged: ReadonlySet<string>,
): Promise<MendedTables> {
  const at = new Date(context.clock.now()).toISOString();
  const mended = new Set<string>();
  let tables = newest.tables;
  for (const check of ROW_CHECKS) {
    if (!wanted.has(check.name) || check.mend === undefined) continue;
    const live: LiveTables = { manifest: { ...newest, tables }, folder: context.layout.segments, at };
    if (!canLook(check, live, damaged)) continue;
    const changed = await mendCheck(context, check, withoutTables(live, damaged));
    if (Object.keys(changed).length > 0) mended.add(check.name);
    tables = { ...tables, ...changed };
  }
  if (wanted.has('row_count')) {
    const counted = await countAnew(context, tables, damaged);
    if (Object.keys(counted).length > 0) mended.add('row_count');
    tables = { ...tables, ...counted };
  }
  if (mended.size > 0) await syncFolder(context.layout.segments);
  return { tables, mended };
}

async function mendCheck(
  context: CommitContext,
  check: RowCheck,
  live: LiveTables,
): Promise<Record<string, TableState>> {
  const changed: Record<string, TableState> = {};
  for (const [name, state] of Object.entries(live.manifest.tables)) {
    const query = segmentsOf(state).length === 0 ? null : (check.mend?.(live, name, state) ?? null);
    if (query === null) continue;
    const segment = await writeDelta(context, live, name, query);
    if (segment === null) continue;
    const sequence = live.manifest.sequence + 1;
    const deltas = [...state.deltas, { ...segment, from: sequence, to: sequence }];
    const grown = { ...state, edits: state.edits + segment.rows, deltas };
    changed[name] = { ...grown, rows: await countLive(context, grown) };
  }
  return changed;
}

/** The rows of a query as a delta segment; null when there are none. */
async function writeDelta(
  context: CommitContext,
  live: LiveTables,
  name: string,
  query: string,
): Promise<Segment | null> {
  const state = live.manifest.tables[name];
  if (state === undefined) return null;
  const table = tableOf(state);
  const order = table.primaryKey.map(sqlName).join(', ');
  return writeQuery(context, {
    name,
    key: table.primaryKey[0] ?? '',
    query: `SELECT ${columnList(segmentColumns(table))} FROM (${query}) ORDER BY ${order}`,
    inputs: Object.values(live.manifest.tables).flatMap(segmentsOf),
    compression: 'snappy',
    columns: currentDigest(table),
  });
}

/** Numbers of rows as they are, of the tables whose numbers are wrong. */
async function countAnew(
  context: CommitContext,
  tables: Manifest['tables'],
  damaged: ReadonlySet<string>,
): Promise<Record<string, TableState>> {
  const changed: Record<string, TableState> = {};
  for (const [name, state] of Object.entries(tables)) {
    if (damaged.has(name)) continue;
    const counts = new Map((await segmentCounts(context, state)).map(({ segment, rows }) => [segment.file, rows]));
    const recount = (segment: Segment): Segment => ({ ...segment, rows: counts.get(segment.file) ?? segment.rows });
    const rows = await countLive(context, state);
    const isRight = rows === state.rows && segmentsOf(state).every((one) => counts.get(one.file) === one.rows);
    if (!isRight) changed[name] = { ...state, rows, base: state.base.map(recount), deltas: state.deltas.map(recount) };
  }
  return changed;
}
