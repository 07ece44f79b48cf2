import { readAccession } from '../id/accession.ts';
import { IMPORT_HANDLER } from '../records/import-handler.ts';
import type { CellValue, Column, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { PROVENANCE_NAMES } from '../store/plan/merge-rows.ts';
import { cellOf, wellFormed } from './cell-of.ts';
import type { ReadRow, RowMapper } from './import-record.ts';

/** Columns that the store fills by itself. */
const STAMPED: ReadonlySet<string> = new Set(['created_at', 'updated_at']);

/** A source becomes part of file names. */
export const SOURCE_NAME = /^[A-Z][A-Z0-9_]*$/;

/** The authority of a table's rows that name none. */
const LOCAL_SOURCE = 'LOCAL';

/** What the mapper of one file works with. */
interface FileColumns {
  readonly table: TableName;
  /** Name in the file → column of the table. */
  readonly known: readonly (readonly [name: string, column: Column])[];
  /** Names in the file that become attributes of a sample. */
  readonly attributes: readonly string[];
  /** True: celline exported it, so that an empty text says "empty", and the provenance is the archive's. */
  readonly isExport: boolean;
  readonly source: string;
}

/**
 * Rows of one of our own tables: exports, plain tables of another project, and lists kept by hand, whose unknown columns
 * become attributes of the sample. An empty cell says nothing.
 */
export function tableRows(table: TableName, columns: readonly string[], source = LOCAL_SOURCE): RowMapper {
  const byName = new Map(TABLES[table].columns.map((column) => [column.name, column]));
  const isExport =
    columns.includes('handler') || (columns.length === byName.size && columns.every((name) => byName.has(name)));
  const known: [string, Column][] = [];
  const others: string[] = [];
  for (const name of columns) {
    const column = byName.get(columnName(name, byName, columns));
    const isTaken =
      column !== undefined && !STAMPED.has(column.name) && (isExport || !PROVENANCE_NAMES.has(column.name));
    if (isTaken) known.push([name, column]);
    else if (name !== '' && column === undefined) others.push(name);
  }
  const isList = table === 'samples';
  const file: FileColumns = { table, known, attributes: isList ? others : [], isExport, source };
  return { table, ignored: isList ? [] : others, read: (cells) => readRow(file, cells) };
}

/** `Key` → `key`; `id` stands for `key` where the file has no `key`. */
function columnName(name: string, byName: ReadonlyMap<string, Column>, columns: readonly string[]): string {
  const lower = name.trim().toLowerCase();
  const hasKey = columns.some((other) => other.trim().toLowerCase() === 'key');
  return lower === 'id' && !hasKey && !byName.has('id') ? 'key' : lower;
}

function readRow(file: FileColumns, cells: Readonly<Record<string, unknown>>): ReadRow {
  const row: Record<string, CellValue> = {};
  let problem: string | null = null;
  for (const [name, column] of file.known) {
    const cell = cellOf(column, cells[name]);
    if ('problem' in cell) problem ??= cell.problem;
    else if (cell.value !== null && (file.isExport || cell.value !== '')) row[column.name] = cell.value;
  }
  const key = keyOf(file.table, row);
  problem ??= keyProblem(file.table, row);
  if (problem !== null) return { key, refused: problem, hint: null };
  if (!TABLES[file.table].perSource) return { records: [{ table: file.table, row }], notes: [] };
  const source = typeof row.source === 'string' && row.source !== '' ? row.source : file.source;
  const refusal = ownerProblem(file, String(key), source);
  if (refusal !== null) return refusal;
  const handler = file.isExport ? { handler: row.handler ?? null } : { handler: IMPORT_HANDLER };
  const whole = { ...row, ...attributesOf(file, cells, row), source, ...handler };
  return { records: [{ table: file.table, row: whole }], notes: [] };
}

function keyOf(table: TableName, row: Readonly<Record<string, CellValue>>): string | null {
  const key = row[TABLES[table].primaryKey[0] ?? ''];
  return typeof key === 'string' && key !== '' ? key : null;
}

function keyProblem(table: TableName, row: Record<string, CellValue>): string | null {
  for (const name of TABLES[table].primaryKey) {
    if (typeof row[name] === 'string') row[name] = row[name].trim();
    if (typeof row[name] !== 'string' || row[name] === '') return `it has no ${name}`;
  }
  if ((table === 'runs' || table === 'files') && typeof row.parent !== 'string') return 'it has no parent';
  if (table === 'files' && !String(row.key).startsWith(`${String(row.parent)}/`))
    return 'its key does not begin with its parent';
  return null;
}

/** What an archive owns is not kept by hand, and a source becomes part of a file name. */
function ownerProblem({ table, isExport }: FileColumns, key: string, source: string): ReadRow | null {
  if (!SOURCE_NAME.test(source)) {
    return { key, refused: `${source} is no source`, hint: 'Upper-case letters, digits and underscores: LOCAL, GEO.' };
  }
  const accession = table === 'files' ? null : readAccession(key);
  const isArchives = accession?.ok === true;
  const isHandKept = !isExport && !ARCHIVES.has(source);
  if (!isArchives || !isHandKept) return null;
  const reason = `${key} is a ${accession.kind}: ${accession.archive} says what it is, not ${source}`;
  return { key, refused: reason, hint: `celline add ${key}; your own notes about it: celline annotate --from FILE` };
}

/** Authorities of records that archives own. */
const ARCHIVES: ReadonlySet<string> = new Set(['GEO', 'INSDC', 'CNCB', 'ENCODE', 'GDC', 'EGA', 'HCA']);

function attributesOf(
  file: FileColumns,
  cells: Readonly<Record<string, unknown>>,
  row: Readonly<Record<string, CellValue>>,
) {
  const said = file.attributes.flatMap((name) => {
    const value = cells[name];
    return value === null || value === undefined || value === '' ? [] : [[name, listed(value)] as const];
  });
  if (said.length === 0) return {};
  const stated = typeof row.attributes === 'object' && row.attributes !== null ? row.attributes : {};
  return { attributes: { ...stated, ...Object.fromEntries(said) } };
}

function listed(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => wellFormed(typeof item === 'object' ? JSON.stringify(item) : String(item)));
}
