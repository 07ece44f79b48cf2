import { basename } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import type { TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';

/** Tables of the Python Celline, by the name of their file. */
export type PythonTable = 'gse' | 'gsm' | 'srr';

/** What a file is. */
export type FileKind = { readonly python: PythonTable } | { readonly table: TableName };

/** Columns that only one table has, in the order in which they are looked for. */
const MARKS: readonly (readonly [table: TableName, columns: readonly string[]])[] = [
  ['links', ['key', 'alias', 'kind']],
  ['asked', ['id', 'outcome', 'answered_at']],
  ['annotations', ['key', 'name', 'value']],
  ['files', ['parent', 'name', 'origin']],
  ['runs', ['parent', 'strategy']],
  ['runs', ['parent', 'raw_link']],
  ['runs', ['parent', 'file_type']],
  ['runs', ['parent', 'experiment']],
  ['projects', ['summary']],
  ['projects', ['overall_design']],
];

/** Tells what a file is by its name and its columns; `UsageError` for one that has no key. */
export function recognise(path: string, columns: readonly string[], table?: TableName): FileKind {
  const names = new Set(columns.map((name) => name.toLowerCase()));
  const stem = basename(path).replace(/\.[a-z]+$/i, '');
  if (table === undefined) {
    const python = /^(?:SRA_)?(GSE|GSM|SRR)$/i.exec(stem)?.[1]?.toLowerCase();
    if (python !== undefined) return { python: python as PythonTable };
    if (names.has('built_path')) throw noRecords(path);
    if (names.has('srx_id')) return { python: 'gsm' };
  }
  if (/(?:^|[^a-z])(?:jobs|job_files)$/i.test(stem)) throw jobsElsewhere(path);
  const found = table ?? tableOfName(stem) ?? tableOfColumns(names);
  checkColumns(path, found, names);
  return { table: found };
}

/** The Python Celline keeps places of reference genomes beside its records. */
function noRecords(path: string): UsageError {
  return new UsageError(`${path} holds places of reference genomes (Transcriptome), no records.`, {
    hint: 'Leave it out; nothing of it belongs into the tables.',
    fields: { path },
  });
}

function jobsElsewhere(path: string): UsageError {
  return new UsageError(`${path} holds the jobs of a project: they belong to it alone.`, {
    hint: 'Leave it out; records come without the jobs that fetched them.',
    fields: { path },
  });
}

/** `GEO_SAMPLES`, `runs`, `lab-samples` → the table; null for other names. */
function tableOfName(stem: string): TableName | null {
  const last = /(?<![a-z])[a-z]+$/.exec(stem.toLowerCase())?.[0] ?? '';
  return Object.hasOwn(TABLES, last) ? (last as TableName) : null;
}

function tableOfColumns(names: ReadonlySet<string>): TableName {
  return MARKS.find(([, columns]) => columns.every((column) => names.has(column)))?.[0] ?? 'samples';
}

function checkColumns(path: string, table: TableName, names: ReadonlySet<string>): void {
  const needed =
    table === 'runs' || table === 'files' ? [...TABLES[table].primaryKey, 'parent'] : TABLES[table].primaryKey;
  const missing = needed.filter((column) => !names.has(column) && !(column === 'key' && names.has('id')));
  if (missing.length === 0) return;
  throw new UsageError(`${path} has no column ${missing.join(', ')}; ${table} need it.`, {
    hint: `Its columns are ${[...names].slice(0, 12).join(', ')}. The table is told by --table, the file's name or its columns.`,
    fields: { path, table },
  });
}
