import { readAccession } from '../id/accession.ts';
import { type FileOrigin, fileKey } from '../records/file.ts';
import { IMPORT_HANDLER } from '../records/import-handler.ts';
import type { CellValue } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { PROVENANCE_NAMES } from '../store/plan/merge-rows.ts';
import { cellOf } from './cell-of.ts';
import type { ImportRecord, ReadRow, RowMapper } from './import-record.ts';
import type { PythonTable } from './recognise.ts';

/*
 * What the columns of the Python Celline's tables mean (its DB/model/sra_gse.py, sra_gsm.py, sra_srr.py):
 *
 * SRA_GSE  key (GSE), title, summary, children (GSM, joined with `,`), parent (always NULL)
 * SRA_GSM  key (GSM), title, parent (GSE), children (SRR joined), species (Organism of the sample),
 *          summary (its extraction protocol), raw_link (supplementary files of its SERIES), srx_id (text of a relation:
 *          an experiment in some versions, anything or nothing in others)
 * SRA_SRR  key (SRR), title and children (always NULL), parent (name of the pool's member: the GSM where GEO brokered
 *          it), strategy (`bam` or `fastq`: a file type, not a library strategy), raw_link (URLs of the submitted files)
 *
 * Early versions named the columns accession_id, parent_gse_id, child_srr_ids and run_id; later ones added columns that are
 * called as ours. Missing texts are '' or, through str(), `None` and `nan`.
 */

type Cells = Readonly<Record<string, unknown>>;

/** Older names of columns. */
const ALIASES: Readonly<Record<string, string>> = {
  accession_id: 'key',
  run_id: 'key',
  parent_gse_id: 'parent',
  parent_gsm: 'parent',
  child_srr_ids: 'children',
  child_gsm_ids: 'children',
};

const LEVELS = { gse: 'project', gsm: 'sample', srr: 'run' } as const;
const TABLE_NAMES = { gse: 'projects', gsm: 'samples', srr: 'runs' } as const;
const USED: Readonly<Record<PythonTable, readonly string[]>> = {
  gse: ['key', 'title', 'summary', 'children', 'parent'],
  gsm: ['key', 'title', 'parent', 'children', 'species', 'summary', 'raw_link', 'srx_id'],
  srr: ['key', 'title', 'parent', 'children', 'strategy', 'raw_link'],
};

/** Columns that are called as ours and mean something else. */
const OTHER_MEANING: Readonly<Record<PythonTable, readonly string[]>> = {
  gse: [],
  gsm: ['summary'],
  srr: ['strategy', 'children'],
};

/** Rows of a table of the Python Celline. Columns that are called as ours are taken too. */
export function pythonRows(kind: PythonTable, columns: readonly string[]): RowMapper {
  const table = TABLE_NAMES[kind];
  const ours = new Set(TABLES[table].columns.map(({ name }) => name));
  const names = columns.map((name) => [name, ALIASES[name] ?? name] as const);
  const ignored = columns.filter((name) => !USED[kind].includes(ALIASES[name] ?? name) && !ours.has(name));
  const read = (cells: Cells): ReadRow => {
    const renamed = Object.fromEntries(names.map(([name, ours]) => [ours, said(cells[name])]));
    return readRow(kind, renamed);
  };
  return { table, ignored, read };
}

/** What a cell says; null for nothing. */
function said(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  const text = value.trim();
  return text === '' || /^(none|nan|null|<NA>)$/i.test(text) ? null : text;
}

function readRow(kind: PythonTable, cells: Cells): ReadRow {
  const given = String(cells.key ?? '');
  const accession = readAccession(given);
  if (!accession.ok || accession.level !== LEVELS[kind]) {
    const reason = given === '' ? 'it has no key' : `${given} is no accession of a ${LEVELS[kind]}`;
    return { key: given === '' ? null : given, refused: reason, hint: null };
  }
  const source = accession.archive;
  if (source !== 'GEO' && source !== 'INSDC') {
    return { key: given, refused: `${accession.kind}s are not supported`, hint: null };
  }
  const common = { key: accession.id, source, handler: IMPORT_HANDLER };
  const { row, notes } = sameNamed(kind, cells);
  if (kind === 'gse') return { records: [{ table: 'projects', row: { ...row, ...common } }], notes };
  if (kind === 'gsm') return { records: sampleRecords({ ...row, ...common }, cells), notes };
  return { records: runRecords({ ...row, ...common }, cells, notes), notes };
}

/** The cells whose column is called as ours and means the same. */
function sameNamed(kind: PythonTable, cells: Cells): { row: Record<string, CellValue>; notes: string[] } {
  const row: Record<string, CellValue> = {};
  const notes: string[] = [];
  for (const column of TABLES[TABLE_NAMES[kind]].columns) {
    const value = cells[column.name];
    if (value === null || value === undefined || OTHER_MEANING[kind].includes(column.name)) continue;
    if (PROVENANCE_NAMES.has(column.name)) continue;
    const cell = cellOf(column, value);
    if ('problem' in cell) notes.push(`left out: ${cell.problem}`);
    else row[column.name] = cell.value;
  }
  return { row, notes };
}

function sampleRecords(row: Record<string, CellValue>, cells: Cells): ImportRecord[] {
  const { species, summary, srx_id: experiment, raw_link: links } = cells;
  const organism = typeof species === 'string' && row.organism === undefined ? { organism: species } : {};
  const protocols = typeof summary === 'string' ? { geo_protocols: { extract_protocol: [summary] } } : {};
  const records: ImportRecord[] = [{ table: 'samples', row: { ...row, ...organism, ...protocols } }];
  const accession = readAccession(typeof experiment === 'string' ? experiment : '');
  if (accession.ok && accession.level === 'experiment') {
    records.push({ table: 'links', row: { key: row.key ?? '', alias: accession.id, kind: 'experiment' } });
  }
  if (typeof row.parent === 'string') records.push(...fileRecords(row.parent, 'GEO', 'supplementary', links));
  return records;
}

const FILE_TYPES: ReadonlySet<string> = new Set(['bam', 'fastq', 'sra', 'cram']);

function runRecords(row: Record<string, CellValue>, cells: Cells, notes: string[]): ImportRecord[] {
  const { strategy, parent } = cells;
  const isFileType = typeof strategy === 'string' && FILE_TYPES.has(strategy.toLowerCase());
  const told = typeof strategy !== 'string' ? {} : isFileType ? { file_type: strategy.toLowerCase() } : { strategy };
  const sample = readAccession(typeof parent === 'string' ? parent : '');
  const { parent: _, ...rest } = row;
  if (!sample.ok && typeof parent === 'string') notes.push(`parent left out: ${parent} is no accession of a sample`);
  const run = { ...rest, ...told, ...(sample.ok ? { parent: sample.id } : {}) };
  return [{ table: 'runs', row: run }, ...fileRecords(String(row.key), 'INSDC', 'submitted', cells.raw_link)];
}

/** Files behind links that are joined with `,`; the same name twice is one file with two addresses. */
function fileRecords(parent: string, source: string, origin: FileOrigin, links: unknown): ImportRecord[] {
  const files = new Map<string, string[]>();
  for (const url of typeof links === 'string' ? links.split(',') : []) {
    const name = fileName(url.trim());
    if (name !== null) files.set(name, [...(files.get(name) ?? []), url.trim()]);
  }
  return [...files].map(([name, urls]) => ({
    table: 'files',
    row: {
      key: fileKey(parent, originOf(urls, origin), name),
      parent,
      name,
      origin: originOf(urls, origin),
      format: formatOf(name),
      urls,
      source,
      handler: IMPORT_HANDLER,
    },
  }));
}

/** ENA keeps the FASTQ that it made itself under one folder. */
function originOf(urls: readonly string[], origin: FileOrigin): FileOrigin {
  return urls.every((url) => url.includes('/vol1/fastq/')) ? 'generated' : origin;
}

/** The last part of an address, without the version that NCBI adds (`x.bam.1`); null for what is no address. */
function fileName(url: string): string | null {
  if (!/^(https?|ftp|s3|gs):\/\/.+\/[^/?#]+/.test(url)) return null;
  const last =
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  return last.replace(/(\.(?:bam|bai|cram|gz|bz2|fastq|fq|tar|sra))\.\d{1,2}$/i, '$1') || null;
}

/** Formats that an address tells by its end. */
const FORMATS: ReadonlySet<string> = new Set('fastq bam bai cram sra tar tsv csv txt mtx'.split(' '));

function formatOf(name: string): string | null {
  const end = /\.([a-z0-9]+)(?:\.(?:gz|bz2|xz))?$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (end === 'fq') return 'fastq';
  return FORMATS.has(end) ? end : null;
}
