import { join } from 'node:path';
import { removeIfThere, temporaryBeside } from '../disk/disk.ts';
import { FORMAT_VERSION, type Segment } from '../manifest/manifest.ts';
import { sqlName, sqlText } from './column-sql.ts';
import type { Parameter } from './duckdb.ts';
import { parquetRows } from './parquet-source.ts';
import { copyOptions, finishSegment, reading, type SegmentContext } from './segments.ts';

/** Rows that DuckDB brings together from other segments. */
export interface SegmentQuery {
  /** `GEO_SAMPLES` */
  readonly name: string;
  /** First primary-key column. */
  readonly key: string;
  /** With all columns of a segment, in the order of the keys. */
  readonly query: string;
  readonly parameters?: readonly Parameter[];
  /** What the query reads: a failure is told by the one that is missing or damaged. */
  readonly inputs: readonly Segment[];
  readonly compression: 'zstd' | 'snappy';
  /** Digest of the columns. */
  readonly columns: string;
}

/** The rows of a query as one segment, whose sequence numbers are set later; null when there are none. */
export async function writeQuery(context: SegmentContext, source: SegmentQuery): Promise<Segment | null> {
  const { name, query, parameters = [], inputs, columns } = source;
  const folder = context.layout.segments;
  const temporary = temporaryBeside(join(folder, name), context.randomId());
  const target = `${sqlText(temporary)} ${copyOptions(source.compression, { format: FORMAT_VERSION, table: name })}`;
  const key = sqlName(source.key);
  const engine = await context.engine();
  try {
    await reading(folder, inputs, () => engine.run(`COPY (${query}) TO ${target}`, parameters));
    const facts = `SELECT count(*)::VARCHAR, min(${key}), max(${key}) FROM ${parquetRows(temporary)}`;
    const [count, least, greatest] = (await engine.rows(facts))[0] ?? [];
    if (count === '0') {
      await removeIfThere(temporary);
      return null;
    }
    const written = await finishSegment(context, temporary, name);
    return { ...written, rows: Number(count), first: String(least), last: String(greatest), columns, from: 0, to: 0 };
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}
