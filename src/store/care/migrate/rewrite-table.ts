import { StoreError } from '../../../errors/store-error.ts';
import type { ColumnStep } from '../../../migrations/migration.ts';
import { type Reshaped, reshape, reshapedRows } from '../../../migrations/reshape.ts';
import type { Column, ColumnShape } from '../../../records/table.ts';
import { TABLES } from '../../../records/tables.ts';
import { syncFolder } from '../../disk/disk.ts';
import { type ExtraColumn, type Segment, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import { tableOf } from '../../manifest/table-of.ts';
import { type CommitContext, discard } from '../../parquet/commit.ts';
import { type BaseRange, baseRanges, overlaps } from '../../parquet/plan-compaction.ts';
import { columnsDigest, DELETED, segmentColumns, sqlName } from '../../segments/column-sql.ts';
import { liveRows } from '../../segments/live-rows.ts';
import { writeQuery } from '../../segments/write-query.ts';

/**
 * Writes a table anew with other columns, range by range of its keys, so that the memory is that of one segment. Gives the
 * table as it will be; after an error no segment is left.
 */
export async function rewriteTable(
  context: CommitContext,
  name: string,
  state: TableState,
  { before, steps }: Rewrite,
): Promise<TableState> {
  const stored = asStored(state, before);
  const { columns: own, primaryKey } = TABLES[state.table];
  const reshaped = inOrder(reshape([...before, ...furtherThan(before, stored.extra)], steps, primaryKey), own);
  const extra = furtherThan(own, reshaped.columns).map((column) => withHandler(column, state.extra));
  const base: Segment[] = [];
  try {
    for (const range of baseRanges(state.base)) {
      const segment = await rewriteRange(context, name, withinRange(stored, range), { range, reshaped });
      if (segment !== null) base.push(segment);
    }
    await syncFolder(context.layout.segments);
  } catch (error) {
    await discard(context, base);
    throw isOfValue(error) ? unfit(name, steps, error) : error;
  }
  return { ...state, extra, rows: base.reduce((sum, segment) => sum + segment.rows, 0), base, deltas: [] };
}

/** How a table is rewritten. */
export interface Rewrite {
  /** Columns of every source's table in the version of the rows. */
  readonly before: readonly ColumnShape[];
  readonly steps: readonly ColumnStep[];
}

function furtherThan<T extends ColumnShape>(columns: readonly ColumnShape[], all: readonly T[]): T[] {
  const known = new Set(columns.map(({ name }) => name));
  return all.filter(({ name }) => !known.has(name));
}

/** A column that got another type is still that of its plug-in. */
function withHandler(column: ColumnShape, extra: readonly ExtraColumn[]): ExtraColumn {
  const handler = extra.find(({ name }) => name === column.name)?.handler;
  return handler === undefined ? column : { ...column, handler };
}

/** The table with the columns that its version had and this one has not, so that they are read. */
function asStored(state: TableState, before: readonly ColumnShape[]): TableState {
  const gone = furtherThan([...TABLES[state.table].columns, ...state.extra], before);
  return gone.length === 0 ? state : { ...state, extra: [...state.extra, ...gone] };
}

/** The columns in the order in which commits write them, so that segments of both are read alike. */
function inOrder(reshaped: Reshaped, own: readonly Column[]): Reshaped {
  const names = own.map(({ name }) => name);
  const place = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  const columns = reshaped.columns.toSorted((a, b) => place(a.name) - place(b.name));
  return { columns, selects: [...reshaped.selects, columns.map(({ name }) => sqlName(name)).join(', ')] };
}

/** A column without its words. */
export function shapeOf({ doc: _, required: __, ...shape }: Column): ColumnShape {
  return shape;
}

/** The part of a table that may hold keys of a range. */
function withinRange(state: TableState, range: BaseRange): TableState {
  const deltas = state.deltas.filter((segment) => overlaps(segment, range));
  return { ...state, base: range.segment === null ? [] : [range.segment], deltas };
}

/** How one range is rewritten. */
interface RangeRewrite {
  readonly range: BaseRange;
  readonly reshaped: Reshaped;
}

async function rewriteRange(
  context: CommitContext,
  name: string,
  state: TableState,
  rewrite: RangeRewrite,
): Promise<Segment | null> {
  const inputs = segmentsOf(state);
  if (inputs.length === 0) return null;
  const { query, parameters } = rangeQuery(context.layout.segments, state, rewrite);
  const key = TABLES[state.table].primaryKey[0] ?? '';
  const columns = digestOf(state, rewrite);
  return writeQuery(context, { name, key, query, parameters, inputs, compression: 'zstd', columns });
}

/** The rows of a range with their new columns, in the order of their keys. */
function rangeQuery(
  folder: string,
  state: TableState,
  { range, reshaped }: RangeRewrite,
): { query: string; parameters: string[] } {
  const table = tableOf(state);
  const key = sqlName(table.primaryKey[0] ?? '');
  // Bound: a key may hold what no SQL text can.
  const parameters: string[] = [];
  const lower = range.lower === null ? 'true' : `${key} >= $${parameters.push(range.lower)}`;
  const upper = range.upper === null ? 'true' : `${key} < $${parameters.push(range.upper)}`;
  const rows = liveRows(folder, state, table.columns, { condition: `${lower} AND ${upper}` });
  const order = state.deltas.length === 0 ? '' : ` ORDER BY ${table.primaryKey.map(sqlName).join(', ')}`;
  const query = `SELECT *, false AS ${DELETED} FROM (${reshapedRows(rows, reshaped)})${order}`;
  return { query, parameters };
}

function digestOf(state: TableState, { reshaped }: RangeRewrite): string {
  return columnsDigest(segmentColumns({ ...tableOf(state), columns: reshaped.columns.map(asColumn) }));
}

function asColumn(shape: ColumnShape): Column {
  return { ...shape, doc: '' };
}

/** How DuckDB tells of a value that a cast cannot take, or of an expression that means nothing. */
const OF_VALUE = /(Conversion|Binder|Parser|Out of Range) Error/;

function isOfValue(error: unknown): error is Error {
  return error instanceof Error && OF_VALUE.test(error.message);
}

function unfit(name: string, steps: readonly ColumnStep[], error: Error): StoreError {
  const columns = steps.map((step) => (typeof step.column === 'string' ? step.column : step.column.name));
  const reason = /(Conversion|Binder|Parser|Out of Range) Error: [^\n]*/.exec(error.message)?.[0] ?? error.message;
  return new StoreError('type_conversion', `${name}: ${columns.join(', ')} cannot be migrated: ${reason}.`, {
    hint: 'Nothing was changed. Change the SQL expression "value" of the step, such as TRY_CAST("score" AS INTEGER).',
    fields: { table: name },
    cause: error,
  });
}
