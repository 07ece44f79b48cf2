import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CellineError } from '../errors/celline-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { PrintColumn } from '../formats/cell.ts';
import { createCsvWriter, createTsvWriter } from '../formats/delimited.ts';
import { createJsonWriter, createNdjsonWriter } from '../formats/json.ts';
import { createMarkdownWriter } from '../formats/markdown.ts';
import type { RowWriter, WriteText } from '../formats/row-writer.ts';
import type { Query, QueryAnswer } from '../ports/query.ts';
import type { Selection } from '../ports/store.ts';
import type { Column, Table, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { diskError } from '../store/disk/disk.ts';
import type { ExportReport, ExportSource, ExportTarget, TextFormat } from './export-type.ts';
import { writeWholeFile } from './output-file.ts';
import { countSql, type SourceSql, selectionSql } from './source-sql.ts';
import { checkSheetRows, writeSheet } from './xlsx.ts';

/** What an export needs of the project. */
export interface ExportContext {
  readonly query: Query;
  /** The columns of a table, those of plug-ins among them. */
  columns(table: TableName): Promise<readonly Column[]>;
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
  await checkPlace(path);
  if (format === 'parquet') return exportParquet(source, target, context);
  if (format === 'xlsx') return exportSheet(source, path, context);
  const answer = await answerOf(source, context);
  let rows = 0;
  const bytes = await writeWholeFile(path, context.randomId(), async (file) => {
    rows = await writeText(answer, format, file.write);
  });
  return { rows, bytes, cut: NOTHING_CUT };
}

/** A folder is no file, and a file stands in a folder: told before anything is read. */
async function checkPlace(path: string): Promise<void> {
  const [state, folder] = await Promise.all([path, dirname(path)].map((place) => stat(place).catch(() => null)));
  if (folder === null) {
    throw new CellineError('OUTPUT', `${path} cannot be written: its folder does not exist.`, {
      hint: 'Make the folder, or choose another file.',
      fields: { path },
    });
  }
  if (state?.isDirectory() !== true) return;
  throw new UsageError(`${path} is a folder.`, {
    hint: 'Name a file: --output samples.csv. With --all a folder is right.',
  });
}

async function statementOf(source: ExportSource, context: ExportContext): Promise<SourceSql> {
  if ('sql' in source) return { sql: source.sql, parameters: source.parameters ?? [] };
  return selectionSql(source.selection, await tableOf(source.selection, context));
}

async function tableOf({ table }: Selection, context: ExportContext): Promise<Table> {
  return { ...TABLES[table], columns: await context.columns(table) };
}

async function answerOf(source: ExportSource, context: ExportContext): Promise<QueryAnswer> {
  const { sql, parameters } = await statementOf(source, context);
  return context.query.run(sql, parameters, { timeoutMs: NO_TIME_LIMIT_MS });
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
  const { sql, parameters } = await statementOf(source, context);
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
  // Told before a minute is spent on what cannot be written; a statement of the user is run once only.
  if ('selection' in source) {
    const { limit = Number.POSITIVE_INFINITY } = source.selection;
    checkSheetRows(Math.min(limit, await countRows(source.selection, context)));
  }
  const answer = await answerOf(source, context);
  const name = 'selection' in source ? source.selection.table : 'query';
  let sheet: Pick<ExportReport, 'rows' | 'cut'> = { rows: 0, cut: NOTHING_CUT };
  const bytes = await writeWholeFile(path, context.randomId(), async (file) => {
    sheet = await writeSheet({ name, columns: columnsOf(answer), batches: answer.rows() }, file.write);
  });
  return { ...sheet, bytes };
}

async function countRows(selection: Selection, context: ExportContext): Promise<number> {
  const { sql, parameters } = countSql(selection, await tableOf(selection, context));
  const answer = await context.query.run(sql, parameters, { timeoutMs: NO_TIME_LIMIT_MS });
  let rows = 0;
  for await (const batch of answer.rows()) for (const row of batch) rows = Number(row.rows);
  return rows;
}
