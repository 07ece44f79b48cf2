import { join } from 'node:path';
import type { Finding } from '../../../ports/store-care.ts';
import { fileDigest, fileState } from '../../disk/disk.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import { tableOf } from '../../manifest/table-of.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { liveRows } from '../../segments/live-rows.ts';
import { fileText, parquetRows } from '../../segments/parquet-source.ts';
import type { FindCopy } from './find-copy.ts';

/** How segments are looked at. */
export interface SegmentCheck {
  /** Sizes only: a stat per file. */
  readonly isQuick: boolean;
  readonly findCopy: FindCopy;
}

/** Looks at every live segment; adds the physical tables that cannot be read to `damaged`. */
export async function* checkSegments(
  context: CommitContext,
  manifest: Manifest,
  settings: SegmentCheck,
  damaged: Set<string>,
): AsyncGenerator<Finding> {
  for (const [name, state] of Object.entries(manifest.tables)) {
    for (const segment of segmentsOf(state)) {
      const damage = await damageOf(context, segment, settings.isQuick);
      if (damage === null) continue;
      damaged.add(name);
      const copy = await settings.findCopy(segment);
      const repair = copy === null ? null : `the same bytes are taken from the backup ${copy.backup}`;
      yield { ...damage, severity: 'error', table: name, row: segment.file, column: null, repair };
    }
    if (!settings.isQuick && !damaged.has(name)) yield* checkCounts(context, name, state);
  }
}

/** What is wrong with the file of a segment; null when it is as it was written. */
export async function damageOf(
  context: CommitContext,
  segment: Segment,
  isQuick: boolean,
): Promise<{ check: string; detail: string } | null> {
  const path = join(context.layout.segments, segment.file);
  const state = await fileState(path);
  if (state === null) return { check: 'segment_missing', detail: 'the file is not there' };
  if (state.bytes !== segment.bytes) {
    return { check: 'segment_altered', detail: `${state.bytes} bytes, written as ${segment.bytes}` };
  }
  if (isQuick) return null;
  try {
    if (segment.sha256 === null) await readWhole(context, path);
    else if ((await fileDigest(path)).sha256 !== segment.sha256) {
      return { check: 'segment_altered', detail: 'its bytes are not those that were written (SHA-256)' };
    } else await readFooter(context, path);
    return null;
  } catch (error) {
    return { check: 'segment_unreadable', detail: error instanceof Error ? firstLine(error.message) : String(error) };
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Format 1 kept no checksum: every value is decoded. */
async function readWhole(context: CommitContext, path: string): Promise<void> {
  await (await context.engine()).rows(`SELECT bit_xor(hash(t))::VARCHAR FROM ${parquetRows(path)} AS t`);
}

async function readFooter(context: CommitContext, path: string): Promise<void> {
  await (await context.engine()).rows(`SELECT num_rows::VARCHAR FROM parquet_file_metadata(${fileText(path)})`);
}

/** Compares the numbers of rows that the manifest knows with those that are there. */
async function* checkCounts(context: CommitContext, name: string, state: TableState): AsyncGenerator<Finding> {
  const repair = 'counted anew';
  const found = { check: 'row_count', severity: 'error' as const, table: name, column: null, repair };
  for (const { segment, rows } of await segmentCounts(context, state)) {
    if (rows === segment.rows) continue;
    yield { ...found, row: segment.file, detail: `the manifest says ${segment.rows} rows, the segment has ${rows}` };
  }
  const live = await countLive(context, state);
  if (live !== state.rows) {
    yield { ...found, row: null, detail: `the manifest says ${state.rows} rows, the table has ${live}` };
  }
}

/** Number of rows of each segment, by its footer. */
export async function segmentCounts(
  context: CommitContext,
  state: TableState,
): Promise<{ segment: Segment; rows: number }[]> {
  const segments = segmentsOf(state);
  if (segments.length === 0) return [];
  const files = segments.map(({ file }) => fileText(join(context.layout.segments, file))).join(', ');
  const sql = `SELECT file_name, num_rows::VARCHAR FROM parquet_file_metadata([${files}])`;
  const counts = new Map(
    (await (await context.engine()).rows(sql)).map(([path, rows]) => [String(path), Number(rows)]),
  );
  return segments.map((segment) => ({
    segment,
    rows: counts.get(join(context.layout.segments, segment.file)) ?? segment.rows,
  }));
}

/** Number of live rows of a physical table, counted. */
export async function countLive(context: CommitContext, state: TableState): Promise<number> {
  const { columns, primaryKey } = tableOf(state);
  const keys = columns.filter(({ name }) => primaryKey.includes(name));
  const sql = `SELECT count(*)::VARCHAR FROM (${liveRows(context.layout.segments, state, keys)})`;
  const [row] = await (await context.engine()).rows(sql);
  return Number(row?.[0]);
}
