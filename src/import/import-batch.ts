import type { Change, CommitReport, ReadWrite } from '../ports/store.ts';
import type { AnnotationRow } from '../records/annotation.ts';
import type { AskedRow } from '../records/asked.ts';
import type { FilePatch } from '../records/file.ts';
import { IMPORT_HANDLER } from '../records/import-handler.ts';
import type { LinkRow } from '../records/link.ts';
import type { ProjectPatch } from '../records/project.ts';
import { EMPTY_UNIT } from '../records/record-unit.ts';
import type { RunPatch } from '../records/run.ts';
import type { SamplePatch } from '../records/sample.ts';
import type { Row, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import type { ImportRecord } from './import-record.ts';
import { keepStored } from './keep-stored.ts';

/** What one batch did to the table that its file is about. */
export interface BatchReport {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly kept: number;
}

/** How a batch is written. */
export interface BatchSettings {
  readonly table: TableName;
  readonly force: boolean;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Lays records beside what is stored and commits the rest as one change. */
export async function importBatch(
  target: ReadWrite,
  records: readonly ImportRecord[],
  { table, force, at }: BatchSettings,
): Promise<BatchReport> {
  const stored = await storedRows(target, records);
  const rows = rowsByTable();
  let kept = 0;
  let passed = 0;
  for (const record of records) {
    const outcome = keepStored(record.table, record.row, stored.get(nameOf(record)) ?? null, force);
    if (outcome.row !== null) rows[record.table].push(outcome.row);
    else if (record.table === table) passed += 1;
    if (record.table === table) kept += outcome.kept;
  }
  await nameKnownRuns(target, rows);
  await nameNewRuns(target, rows);
  const counts = (await commit(target, rows, at)).tables[table];
  return { added: counts.added, updated: counts.updated, unchanged: counts.unchanged + passed, kept };
}

function rowsByTable(): Record<TableName, Row[]> {
  return {
    samples: [],
    runs: [],
    projects: [],
    files: [],
    links: [],
    asked: [],
    annotations: [],
    jobs: [],
    job_files: [],
  };
}

function keyColumn(table: TableName): string {
  return TABLES[table].primaryKey[0] ?? 'key';
}

/** Table and primary key as one text. */
function nameOf({ table, row }: ImportRecord): string {
  return [table, ...TABLES[table].primaryKey.map((column) => String(row[column]))].join('\u0000');
}

async function storedRows(target: ReadWrite, records: readonly ImportRecord[]): Promise<Map<string, Row>> {
  const stored = new Map<string, Row>();
  for (const table of new Set(records.map((record) => record.table))) {
    const own = records.filter((record) => record.table === table);
    const keys = [...new Set(own.map(({ row }) => String(row[keyColumn(table)])))];
    for (const row of await target.get(table, keys)) stored.set(nameOf({ table, row }), row);
  }
  return stored;
}

/** Samples kept by hand name the runs that were imported before them. */
async function nameKnownRuns(target: ReadWrite, rows: Record<TableName, Row[]>): Promise<void> {
  const own = rows.samples.filter((row) => row.handler === IMPORT_HANDLER && row.children === undefined);
  if (own.length === 0) return;
  const byParent = new Map<string, string[]>();
  for (const run of await target.getByParent(
    'runs',
    own.map(({ key }) => String(key)),
  )) {
    if (run.handler !== IMPORT_HANDLER) continue;
    const parent = String(run.parent);
    byParent.set(parent, [...(byParent.get(parent) ?? []), String(run.key)]);
  }
  rows.samples = rows.samples.map((row) => {
    const runs = row.children === undefined ? byParent.get(String(row.key)) : undefined;
    return runs === undefined ? row : { ...row, children: runs.toSorted().join(',') };
  });
}

/** Runs that were kept by hand are named by their sample, when it is kept by hand too. */
async function nameNewRuns(target: ReadWrite, rows: Record<TableName, Row[]>): Promise<void> {
  const byParent = new Map<string, string[]>();
  for (const run of rows.runs) {
    if (run.handler !== IMPORT_HANDLER || typeof run.parent !== 'string') continue;
    byParent.set(run.parent, [...(byParent.get(run.parent) ?? []), String(run.key)]);
  }
  if (byParent.size === 0) return;
  for (const sample of await target.get('samples', [...byParent.keys()])) {
    const key = String(sample.key);
    if (sample.handler !== IMPORT_HANDLER) continue;
    const children = byParent.get(key)?.join(',') ?? null;
    rows.samples.push({ key, source: sample.source ?? '', children, handler: IMPORT_HANDLER });
  }
}

/** The rows are of the types that their tables say: every cell was read as one. */
async function commit(target: ReadWrite, rows: Record<TableName, Row[]>, at: string): Promise<CommitReport> {
  const unit = {
    ...EMPTY_UNIT,
    samples: rows.samples as unknown as SamplePatch[],
    runs: rows.runs as unknown as RunPatch[],
    projects: rows.projects as unknown as ProjectPatch[],
    files: rows.files as unknown as FilePatch[],
    links: rows.links as unknown as LinkRow[],
  };
  const change: Change = {
    units: [unit],
    asked: rows.asked.map(wholeAnswer),
    annotations: rows.annotations as unknown as AnnotationRow[],
    at,
  };
  return target.commit(change);
}

function wholeAnswer(row: Row): AskedRow {
  const nothing = { key: null, reason: null, plan: null, job: null };
  return { ...nothing, ...row } as unknown as AskedRow;
}
