import { CellineError } from '../errors/celline-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import { StoreError } from '../errors/store-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ReadWrite, Store } from '../ports/store.ts';
import type { EngineDoor } from '../store/segments/segments.ts';
import { findTableFiles } from './find-table-files.ts';
import { importBatch } from './import-batch.ts';
import type { ImportRecord, RowMapper } from './import-record.ts';
import type { ImportOptions, ImportProblem, ImportReport } from './import-type.ts';
import { openTableFile } from './open-table-file.ts';
import { pythonRows } from './python-rows.ts';
import type { RawRow, RawTable } from './raw-table.ts';
import { recognise } from './recognise.ts';
import { STDIN, spoolPipe } from './spool-pipe.ts';
import { SOURCE_NAME, tableRows } from './table-rows.ts';

/** What an import needs of the project. */
export interface ImportContext {
  readonly store: Store;
  /** DuckDB, which reads Parquet and JSON. */
  readonly engine: EngineDoor;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  readonly signal: AbortSignal;
}

/**
 * Imports files one after the other and reports on each when it is stored. Rows that are refused are told and cost no other
 * row; with `atomic` one of them costs everything, and the reports come at the end with nothing added.
 */
export async function* importFiles(
  paths: readonly string[],
  options: ImportOptions,
  context: ImportContext,
): AsyncGenerator<ImportReport> {
  if (options.source !== undefined && !SOURCE_NAME.test(options.source)) {
    throw new UsageError(`${options.source} is no name of a source.`, {
      hint: 'Upper-case letters, digits and underscores: --source LAB.',
    });
  }
  const files = await findTableFiles(paths);
  if (options.atomic !== true && options.dryRun !== true) {
    for (const file of files) yield await importFile(file, options, context, context.store);
    return;
  }
  yield* await importTogether(files, options, context);
}

/** All files in one transaction, which is given up when a row was refused, or nothing is to change. */
async function importTogether(
  files: readonly string[],
  options: ImportOptions,
  context: ImportContext,
): Promise<ImportReport[]> {
  return context.store.transaction(async (transaction) => {
    const reports: ImportReport[] = [];
    for (const file of files) reports.push(await importFile(file, options, context, transaction));
    const hasRefused = reports.some(({ table, refused }) => table === null || refused > 0);
    if (options.dryRun === true) await transaction.rollback();
    else if (hasRefused) {
      await transaction.rollback();
      return reports.map((report) => ({ ...report, added: 0, updated: 0, unchanged: 0 }));
    }
    return reports;
  });
}

const NOTHING = { rows: 0, added: 0, updated: 0, unchanged: 0, refused: 0, kept: 0 };

/** A file that cannot be read is told and costs no other file. */
async function importFile(
  file: string,
  options: ImportOptions,
  context: ImportContext,
  target: ReadWrite,
): Promise<ImportReport> {
  const counts = { ...NOTHING };
  let mapper: RowMapper | null = null;
  const readable = await spoolPipe(file, context.signal, options.stdin);
  try {
    const raw = await openTableFile(readable.path, context.engine);
    mapper = mapperOf(file, raw, options);
    await tellIgnored(file, mapper, options);
    const work = createRowReader(file, mapper, options);
    for await (const batch of raw.rows()) {
      context.signal.throwIfAborted();
      counts.rows += batch.length;
      const { records, refused } = await work(batch);
      counts.refused += refused;
      if (records.length === 0) continue;
      const at = new Date(context.now()).toISOString();
      const done = await importBatch(target, records, { table: mapper.table, force: options.force === true, at });
      counts.added += done.added;
      counts.updated += done.updated;
      counts.unchanged += done.unchanged;
      counts.kept += done.kept;
    }
    return { file, table: mapper.table, ...counts };
  } catch (error) {
    // What fails in the store, or is stopped, concerns every file.
    if (!(error instanceof UsageError) && !isFileFault(error, readable.path)) throw error;
    const { reason, hint } = told(error);
    const named = reason.replaceAll(readable.path, file === STDIN ? 'stdin' : file);
    await tell(options, { reason: named, hint, file, line: null, key: null, kind: 'file' });
    return { file, table: null, ...counts };
  } finally {
    await readable.release();
  }
}

function isFileFault(error: unknown, file: string): boolean {
  return error instanceof StoreError && error.fields.path === file;
}

function told(error: unknown): { reason: string; hint: string | null } {
  const hint = error instanceof CellineError ? (error.hint ?? null) : null;
  return { reason: errorMessage(error), hint };
}

function mapperOf(file: string, raw: RawTable, options: ImportOptions): RowMapper {
  const kind = recognise(file, raw.columns, options.table);
  if ('python' in kind) return pythonRows(kind.python, raw.columns);
  return tableRows(kind.table, raw.columns, options.source);
}

async function tellIgnored(file: string, { ignored, table }: RowMapper, options: ImportOptions): Promise<void> {
  if (ignored.length === 0) return;
  const reason = `columns left out, since ${table} have none like them: ${ignored.join(', ')}`;
  await tell(options, { file, line: null, key: null, reason, hint: null, kind: 'note' });
}

async function tell(options: ImportOptions, problem: ImportProblem): Promise<void> {
  await options.onProblem?.(problem);
}

/** Turns batches of one file into records; tells what is refused. A key that a file gives twice is refused the second time. */
function createRowReader(file: string, mapper: RowMapper, options: ImportOptions) {
  const lines = new Map<string, number>();
  const isUnique = mapper.table !== 'links' && mapper.table !== 'annotations';
  return async (batch: readonly RawRow[]): Promise<{ records: ImportRecord[]; refused: number }> => {
    const records: ImportRecord[] = [];
    let refused = 0;
    const refuse = async (line: number, key: string | null, reason: string, hint: string | null): Promise<void> => {
      refused += 1;
      await tell(options, { file, line, key, reason, hint, kind: 'row' });
    };
    for (const { line, cells, problem } of batch) {
      if (problem !== null) {
        await refuse(line, null, problem, null);
        continue;
      }
      const read = mapper.read(cells);
      if ('refused' in read) {
        await refuse(line, read.key, read.refused, read.hint);
        continue;
      }
      const first = read.records[0];
      const key = String(first?.row.key ?? first?.row.id ?? '');
      const earlier = isUnique ? lines.get(key) : undefined;
      if (earlier !== undefined) {
        await refuse(line, key, `${key} was on line ${earlier} already`, null);
        continue;
      }
      lines.set(key, line);
      records.push(...read.records);
      for (const reason of read.notes) await tell(options, { file, line, key, reason, hint: null, kind: 'note' });
    }
    return { records, refused };
  };
}
