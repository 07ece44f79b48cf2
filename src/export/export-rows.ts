import { stat } from 'node:fs/promises';
import { UsageError } from '../errors/usage-error.ts';
import type { PrintColumn } from '../formats/cell.ts';
import { createCsvWriter, createTsvWriter } from '../formats/delimited.ts';
import { createJsonWriter, createNdjsonWriter } from '../formats/json.ts';
import { createMarkdownWriter } from '../formats/markdown.ts';
import type { RowWriter, WriteText } from '../formats/row-writer.ts';
import type { Query, QueryAnswer } from '../ports/query.ts';
import type { Row } from '../records/table.ts';
import { diskError } from '../store/disk/disk.ts';
import type { ExportReport, ExportSource, ExportTarget, TextFormat } from './export-type.ts';
import { writeWholeFile } from './output-file.ts';
import { countSql, sourceSql } from './source-sql.ts';
import { checkSheetRows, writeSheet } from './xlsx.ts';

/** What an export needs of the project. */
export interface ExportContext {
  readonly query: Query;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  readonly randomId: () => string;
  /** Version of celline, and of the tables' layout, for the footer of Parquet. */
  readonly toolVersion: string;
  readonly schemaVersion: number;
}

/** An export takes as long as it takes; Ctrl-C stops it. 24 days, what a timer can hold. */
const NO_TIME_LIMIT_MS = 2 ** 31 - 1;

/** DuckDB types whose values are numbers. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

const NOTHING_CUT: ExportReport['cut'] = { count: 0, first: [] };

/** Writers of the formats that are text. */
const TEXT_WRITERS: Readonly<Record<TextFormat, (columns: readonly PrintColumn[], write: WriteText) => RowWriter>> = {
  csv: createCsvWriter,
  tsv: createTsvWriter,
  json: createJsonWriter,
  ndjson: createNdjsonWriter,
  markdown: createMarkdownWriter,
};

/** Writes the rows of a source, streamed in batches; a file appears only when it is whole. */
export async function exportRows(
  source: ExportSource,
  target: ExportTarget,
  context: ExportContext,
): Promise<ExportReport> {
  if ('write' in target) {
    const rows = await writeText(await answerOf(source, context), target.format, target.write);
    return { rows, bytes: null, cut: NOTHING_CUT };
  }
  const { path, format } = target;
  await refuseFolder(path);
  if (format === 'parquet') return exportParquet(source, target, context);
  if (format === 'xlsx') return exportSheet(source, path, context);
  const answer = await answerOf(source, context);
  let rows = 0;
  const bytes = await writeWholeFile(path, context.randomId(), async (file) => {
    rows = await writeText(answer, format, file.write);
  });
  return { rows, bytes, cut: NOTHING_CUT };
}

async function refuseFolder(path: string): Promise<void> {
  const state = await stat(path).catch(() => null);
  if (state?.isDirectory() !== true) return;
  throw new UsageError(`${path} is a folder.`, {
    hint: 'Name a file: --output samples.csv. With --all a folder is right.',
  });
}

async function answerOf(source: ExportSource, { query }: ExportContext): Promise<QueryAnswer> {
  const { sql, parameters } = sourceSql(source);
  return query.run(sql, parameters, { timeoutMs: NO_TIME_LIMIT_MS });
}

function columnsOf(answer: QueryAnswer): PrintColumn[] {
  return answer.columns.map(({ name, type }) => ({ name, numeric: NUMERIC.test(type) }));
}

async function writeText(answer: QueryAnswer, format: TextFormat, write: WriteText): Promise<number> {
  const writer = TEXT_WRITERS[format](columnsOf(answer), write);
  let rows = 0;
  for await (const batch of answer.rows()) {
    rows += batch.length;
    await writer.write(batch);
  }
  await writer.end();
  return rows;
}

async function exportParquet(
  source: ExportSource,
  { path, compression = 'snappy' }: { readonly path: string; readonly compression?: 'snappy' | 'zstd' },
  context: ExportContext,
): Promise<ExportReport> {
  const { sql, parameters } = sourceSql(source);
  const metadata = {
    celline_version: context.toolVersion,
    celline_schema: String(context.schemaVersion),
    celline_written_at: new Date(context.now()).toISOString(),
    celline_table: 'selection' in source ? source.selection.table : 'query',
  };
  const options = { compression, metadata, timeoutMs: NO_TIME_LIMIT_MS };
  const rows = await context.query.writeParquet(sql, parameters, path, options);
  const { size } = await stat(path).catch((error: unknown) => {
    throw diskError(error, 'read', path);
  });
  return { rows, bytes: size, cut: NOTHING_CUT };
}

async function exportSheet(source: ExportSource, path: string, context: ExportContext): Promise<ExportReport> {
  // Told before a minute is spent on what cannot be written.
  const count = countSql(source);
  if (count !== null) {
    const limit = 'selection' in source ? (source.selection.limit ?? Number.POSITIVE_INFINITY) : 0;
    checkSheetRows(Math.min(limit, await countRows(count, context)));
  }
  const answer = await answerOf(source, context);
  const name = 'selection' in source ? source.selection.table : 'query';
  let rows = 0;
  async function* batches(): AsyncGenerator<Row[]> {
    for await (const batch of answer.rows()) {
      rows += batch.length;
      yield batch;
    }
  }
  let cut: ExportReport['cut'] = NOTHING_CUT;
  const bytes = await writeWholeFile(path, context.randomId(), async (file) => {
    cut = await writeSheet({ name, columns: columnsOf(answer), batches: batches() }, file.write);
  });
  return { rows, bytes, cut };
}

async function countRows(count: NonNullable<ReturnType<typeof countSql>>, { query }: ExportContext): Promise<number> {
  const answer = await query.run(count.sql, count.parameters, { timeoutMs: NO_TIME_LIMIT_MS });
  let rows = 0;
  for await (const batch of answer.rows()) for (const row of batch) rows = Number(row.rows);
  return rows;
}
