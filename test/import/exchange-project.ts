import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exportRows } from '../../src/export/export-rows.ts';
import type { ExportReport, ExportSource, ExportTarget } from '../../src/export/export-type.ts';
import { importFiles } from '../../src/import/import-files.ts';
import type { ImportOptions, ImportProblem, ImportReport } from '../../src/import/import-type.ts';
import type { Query } from '../../src/ports/query.ts';
import type { Store } from '../../src/ports/store.ts';
import type { PluginColumns } from '../../src/ports/store-care.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { openQuery } from '../../src/query/open-query.ts';
import type { Row, TableName } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';
import { holdEngine } from '../../src/store/parquet/engine-holder.ts';
import { collect } from '../../src/testing/contract/store-records.ts';
import { makeTestFolder, openTestStore } from '../store/open-test-store.ts';

/** A store with what leaves it and comes into it. */
export interface ExchangeProject {
  readonly folder: string;
  readonly store: Store;
  readonly query: Query;
  write(source: ExportSource, target: ExportTarget): Promise<ExportReport>;
  /** Reports, problems beside them. */
  read(
    paths: readonly string[],
    options?: ImportOptions,
  ): Promise<{ reports: ImportReport[]; problems: ImportProblem[] }>;
  /** Rows of a table without the times at which the store wrote them. */
  rows(table: TableName): Promise<Row[]>;
  close(): Promise<void>;
}

/** A project in an empty folder. */
export async function openExchange(pluginColumns: PluginColumns = []): Promise<ExchangeProject> {
  const folder = await makeTestFolder();
  const dir = join(folder, 'DB');
  const clock = createSystemClock();
  const store = openTestStore(dir, { pluginColumns });
  const query = openQuery({ dir, clock, randomId: randomUUID, pluginColumns });
  const engine = holdEngine({ memoryLimit: '128MB', spill: join(folder, 'spill'), rows: async () => 0 });
  const now = () => clock.now();
  const columns = (table: TableName) => store.columns(table);
  const exporting = { query, columns, now, randomId: randomUUID, toolVersion: '1.2.3', schemaVersion: 3 };
  return {
    folder,
    store,
    query,
    write: (source, target) => exportRows(source, target, exporting),
    read: async (paths, options = {}) => {
      const problems: ImportProblem[] = [];
      const reports: ImportReport[] = [];
      const context = { store, engine: engine.open, now, signal: new AbortController().signal };
      const told = { ...options, onProblem: (problem: ImportProblem) => void problems.push(problem) };
      for await (const report of importFiles(paths, told, context)) reports.push(report);
      return { reports, problems };
    },
    rows: async (table) => {
      const rows = await collect(store.select({ table }));
      return rows.map((row) => ({
        ...row,
        ...(TABLES[table].perSource ? { created_at: null, updated_at: null } : {}),
      }));
    },
    close: async () => {
      await query.close();
      await engine.close();
      await store.close();
    },
  };
}
