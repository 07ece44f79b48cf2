import type { ViewInfo } from '../ports/query.ts';
import type { PluginColumns } from '../ports/store-care.ts';
import type { TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { EMPTY_MANIFEST, type Manifest, type TableState } from '../store/manifest/manifest.ts';
import { unitedTable } from '../store/manifest/table-of.ts';
import { sqlName } from '../store/segments/column-sql.ts';
import { liveTable, mergedDeltas } from '../store/segments/live-rows.ts';

/** What each view holds. */
const DOCS: Readonly<Record<TableName, string>> = {
  samples: 'One row per sample of every source, keyed by its GSM or BioSample.',
  runs: 'One row per sequencing run; parent is the sample.',
  projects: 'One row per series or BioProject.',
  files: 'One row per file, with every mirror of its bytes; parent is the run, sample or project.',
  links: 'Other names of records, and records that they belong to.',
  asked: 'One row per id that was asked, with its outcome.',
  annotations: 'Notes of the user about records; no refresh touches them.',
  jobs: 'What was done: one row per command that changed the tables, and one per id of it.',
  job_files: 'What jobs read and wrote.',
};

/** The views with their columns, those that handlers declare among them, in the order of `celline schema`. */
export function queryViews(declared: PluginColumns = []): readonly ViewInfo[] {
  return Object.values(TABLES).map(({ name }) => {
    const { columns } = unitedTable(EMPTY_MANIFEST, name, declared);
    return { name, doc: DOCS[name], columns };
  });
}

/** Deltas that are worth being merged once for all queries of a session: each costs a query 0.2 ms to open. */
const DELTAS_TO_MERGE = 8;

/** Rows of deltas up to which they are held in memory. */
const MERGED_ROWS = 20_000;

/** Where merged deltas are: no view, and no table that a statement may name. */
const MERGED_SCHEMA = 'merged_deltas';

function isWorthMerging({ deltas }: TableState): boolean {
  return deltas.length >= DELTAS_TO_MERGE && deltas.reduce((sum, { rows }) => sum + rows, 0) <= MERGED_ROWS;
}

/**
 * Statements that make the views show a manifest, each with what it needs before it. A view over no segments has its
 * columns and no rows.
 */
export function viewStatements(
  segmentsFolder: string,
  manifest: Manifest,
  declared: PluginColumns = [],
): { readonly name: TableName; readonly sql: string }[] {
  return Object.values(TABLES).map(({ name }) => {
    const merged = new Map<string, string>();
    const before: string[] = [];
    for (const [physical, state] of Object.entries(manifest.tables)) {
      if (state.table !== name || !isWorthMerging(state)) continue;
      const table = `${MERGED_SCHEMA}.${sqlName(physical)}`;
      merged.set(physical, table);
      before.push(`CREATE SCHEMA IF NOT EXISTS ${MERGED_SCHEMA}`);
      before.push(`CREATE OR REPLACE TABLE ${table} AS ${mergedDeltas(segmentsFolder, state)}`);
    }
    const rows = liveTable(segmentsFolder, manifest, name, unitedTable(manifest, name, declared).columns, merged);
    return { name, sql: [...before, `CREATE OR REPLACE VIEW ${name} AS ${rows}`].join('; ') };
  });
}
