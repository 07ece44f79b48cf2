import { randomUUID } from 'node:crypto';
import { resolve, sep } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import type { ExportReport, ExportSource, ExportTarget } from '../export/export-type.ts';
import type { ImportOptions, ImportReport } from '../import/import-type.ts';
import type { TableName } from '../records/table.ts';
import { storeLayout } from '../store/disk/layout.ts';
import { FORMAT_VERSION } from '../store/manifest/manifest.ts';
import { type EngineHolder, holdEngine } from '../store/parquet/engine-holder.ts';
import { optionTexts, unwanted } from './add-ids.ts';
import type { ProjectParts } from './create-project.ts';
import type { Project } from './project.ts';
import { VERSION } from './version.ts';

/** DuckDB's limit of memory while it reads the files of an import. */
const READER_MEMORY = '256MB';

/** Brings the plain tables up to date after a command that ran for so many milliseconds. */
type Settle = (ranMs: number) => Promise<void>;

/** What leaves a project and comes into it as files. */
export function exchangeTables(parts: ProjectParts, settle: Settle): Pick<Project, 'exportTable' | 'importTables'> {
  return {
    exportTable: (source, target) => exportTable(source, target, parts),
    importTables: (paths, options = {}) => importTables(paths, options, parts, settle),
  };
}

async function exportTable(source: ExportSource, target: ExportTarget, parts: ProjectParts): Promise<ExportReport> {
  if ('path' in target) refuseStore(target.path, parts.dbDir);
  // Loaded here and below: no other command needs it, and all open a project.
  const { exportRows } = await import('../export/export-rows.ts');
  const query = await parts.openQuery();
  const now = () => parts.clock.now();
  const versions = { toolVersion: VERSION, schemaVersion: FORMAT_VERSION };
  const columns = (table: TableName) => parts.store.columns(table);
  return exportRows(source, target, { query, columns, now, randomId: randomUUID, ...versions });
}

/** A file in the tables folder would be taken for one of the store's own. */
function refuseStore(path: string, dbDir: string): void {
  if (!resolve(path).startsWith(`${resolve(dbDir)}${sep}`)) return;
  throw new UsageError(`${path} is in the tables folder, which celline keeps.`, {
    hint: 'Write the export somewhere else.',
    fields: { path },
  });
}

/** Options of an import that its job keeps. */
function keptOptions({ source, table, atomic, force }: ImportOptions): Readonly<Record<string, unknown>> {
  return { source, table, atomic, force };
}

async function* importTables(
  paths: readonly string[],
  options: ImportOptions,
  parts: ProjectParts,
  settle: Settle,
): AsyncGenerator<ImportReport> {
  const { clock, signal, dbDir } = parts;
  const began = clock.now();
  const holder: EngineHolder = holdEngine({
    memoryLimit: READER_MEMORY,
    spill: storeLayout(dbDir).spill,
    // How many rows the files have is known when they are read.
    rows: async () => Number.POSITIVE_INFINITY,
  });
  // A dry run stages and forgets; it is no job.
  const job =
    options.dryRun === true ? null : parts.jobs.lazy({ task: 'import', options: optionTexts(keptOptions(options)) });
  let failure: unknown = unwanted();
  try {
    const { importFiles } = await import('../import/import-files.ts');
    const store = job?.store ?? parts.store;
    for await (const report of importFiles(paths, options, {
      store,
      engine: holder.open,
      now: () => clock.now(),
      signal,
    })) {
      if (report.table !== null) job?.input({ path: report.file, role: 'file', rows: report.rows });
      yield report;
    }
    failure = null;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await holder.close();
    await job?.end(failure);
    if (options.dryRun !== true) await settle(clock.now() - began);
  }
}
