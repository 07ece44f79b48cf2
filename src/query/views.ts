import type { ViewInfo } from '../ports/query.ts';
import type { PluginColumns } from '../ports/store-care.ts';
import type { TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { EMPTY_MANIFEST, type Manifest } from '../store/manifest/manifest.ts';
import { unitedTable } from '../store/manifest/table-of.ts';
import { liveTable } from '../store/segments/live-rows.ts';

/** What each view holds. */
const DOCS: Readonly<Record<TableName, string>> = {
  samples: 'One row per sample of every source, keyed by its GSM or BioSample.',
  runs: 'One row per sequencing run; parent is the sample.',
  projects: 'One row per series or BioProject.',
  files: 'One row per file, with every mirror of its bytes; parent is the run, sample or project.',
  links: 'Other names of records, and records that they belong to.',
  asked: 'One row per id that was asked, with its outcome.',
  annotations: 'Notes of the user about records; no refresh touches them.',
};

/** The views with their columns, those that handlers declare among them, in the order of `celline schema`. */
export function queryViews(declared: PluginColumns = []): readonly ViewInfo[] {
  return Object.values(TABLES).map(({ name }) => {
    const { columns } = unitedTable(EMPTY_MANIFEST, name, declared);
    return { name, doc: DOCS[name], columns };
  });
}

/** Statements that make the views show a manifest. A view over no segments has its columns and no rows. */
export function viewStatements(
  segmentsFolder: string,
  manifest: Manifest,
  declared: PluginColumns = [],
): { readonly name: TableName; readonly sql: string }[] {
  return Object.values(TABLES).map(({ name }) => {
    const rows = liveTable(segmentsFolder, manifest, name, unitedTable(manifest, name, declared).columns);
    return { name, sql: `CREATE OR REPLACE VIEW ${name} AS ${rows}` };
  });
}
