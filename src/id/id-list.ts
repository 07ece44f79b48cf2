import { UsageError } from '../errors/usage-error.ts';
import { readAccession } from './accession.ts';
import { cleanIdText } from './clean-text.ts';
import { type Cells, readDelimited } from './delimited.ts';
import { expandRange } from './range.ts';

/** The ids of a list, as given, in order, duplicates kept. */
export interface IdList {
  readonly given: string[];
}

/** How the ids of a list are found. */
export interface IdListOptions {
  /** Column of a csv or tsv that holds the ids; default `id`, else the first that holds accessions. */
  readonly column?: string;
}

/** Rows by which a table is recognised; the rest is read alike. */
const LOOKED_AT = 200;

/**
 * Reads a list of ids: plain text (`#` comments, blank lines, several per line between blanks, commas or semicolons), csv
 * or tsv. Which one is told by the content, never by a file name. Ids of unknown forms survive as they are.
 */
export function readIdList(text: string, options: IdListOptions = {}): IdList {
  const content = text.replace(/^\uFEFF/, '');
  for (const delimiter of ['\t', ',', ';']) {
    const rows = readDelimited(content, delimiter);
    const column = columnOf(rows, options.column);
    if (column !== null) return { given: idsOf(rows, column) };
  }
  if (options.column !== undefined) throw missingColumn(content, options.column);
  return { given: plainIds(content) };
}

/** A csv or tsv whose first row names its columns. */
export interface IdTable {
  /** Names of the columns beside that of the ids, in order. */
  readonly columns: readonly string[];
  /** The ids of each row, and its cells in those columns (`''` where the row is short). */
  readonly rows: readonly { readonly ids: readonly string[]; readonly cells: readonly string[] }[];
}

/** Reads a table of ids with what stands beside them; null when the text is a plain list or has no heading. */
export function readIdTable(text: string, options: IdListOptions = {}): IdTable | null {
  const content = text.replace(/^\uFEFF/, '');
  for (const delimiter of ['\t', ',', ';']) {
    const rows = readDelimited(content, delimiter);
    const column = columnOf(rows, options.column);
    if (column === null) continue;
    if (column.from === 0) return null;
    const header = rows[0] ?? [];
    const others = header.flatMap((_, index) => (index === column.index ? [] : [index]));
    return {
      columns: others.map((index) => header[index] ?? ''),
      rows: rows.slice(1).map((row) => ({
        ids: idsOfCell(row[column.index] ?? ''),
        cells: others.map((index) => row[index] ?? ''),
      })),
    };
  }
  if (options.column !== undefined) throw missingColumn(content, options.column);
  return null;
}

/** A column of a table, and the row in which its values begin. */
interface Column {
  readonly index: number;
  readonly from: number;
}

/** The column that holds the ids; null when the rows are no table. */
function columnOf(rows: Cells, wanted: string | undefined): Column | null {
  const header = rows[0];
  if (header === undefined || header.length < 2) return named(header, wanted);
  const byName = named(header, wanted);
  if (byName !== null || wanted !== undefined) return byName;
  const looked = rows.slice(0, LOOKED_AT);
  const hasHeader = !header.some((cell) => cell.split(/\s+/).some(isIdLike));
  const values = hasHeader ? looked.slice(1) : looked;
  // Without a header, one line or a line of ids alone is plain text: `GSM1, GSM2` or `GSM1, GMS2`.
  if (!hasHeader && (looked.length < 2 || !isTable(looked))) return null;
  if (values.filter((row) => row.length === header.length).length * 2 < values.length) return null;
  const index = fullestColumn(values, header.length);
  return index === null ? null : { index, from: hasHeader ? 1 : 0 };
}

/** The column with this name, or `id`; names are case-blind. A list under the single heading `id` is a table too. */
function named(header: readonly string[] | undefined, wanted: string | undefined): Column | null {
  const name = (wanted ?? 'id').toLowerCase();
  const index = header?.findIndex((cell) => cleanIdText(cell).toLowerCase() === name) ?? -1;
  return index === -1 ? null : { index, from: 1 };
}

/** True when rows have equally many cells, and some column never holds an id. */
function isTable(rows: Cells): boolean {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) return false;
  return Array.from({ length: width }, (_, index) => index).some(
    (index) => !rows.some((row) => isIdLike(row[index] ?? '')),
  );
}

/** The first column of which at least half of the values are accessions, else the first that holds any id. */
function fullestColumn(rows: Cells, width: number): number | null {
  const columns = Array.from({ length: width }, (_, index) =>
    rows.map((row) => row[index] ?? '').filter((cell) => cell !== ''),
  );
  const half = columns.findIndex((cells) => cells.length > 0 && cells.filter(isAccession).length * 2 >= cells.length);
  if (half !== -1) return half;
  const any = columns.findIndex((cells) => cells.some(isIdLike));
  return any === -1 ? null : any;
}

function isAccession(cell: string): boolean {
  return readAccession(cell).ok || expandRange(cell) !== null;
}

/**
 * True for accessions, ranges, and what plug-ins use as ids: letters, then three digits or more (`CUSTOM123456`); fewer
 * are names of columns (`fastq_1`, `read2`).
 */
function isIdLike(cell: string): boolean {
  return isAccession(cell) || /^[A-Za-z]{2,}[-_]?\d{3,}$/.test(cleanIdText(cell));
}

function idsOf(rows: Cells, column: Column): string[] {
  return rows.slice(column.from).flatMap((row) => idsOfCell(row[column.index] ?? ''));
}

/** One id, or several when each part of the cell is one (`GSM1;GSM2`). */
function idsOfCell(cell: string): string[] {
  if (cleanIdText(cell) === '') return [];
  const parts = plainIds(cell);
  return parts.length > 1 && parts.every(isIdLike) ? parts : [cell];
}

function plainIds(text: string): string[] {
  return text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.replace(/(^|\s)#[\s\S]*$/, '').replace(RANGE_WITH_BLANKS, '$1$2$3'))
    .flatMap((line) => line.split(/[\s,;]+/))
    .filter((word) => cleanIdText(word) !== '');
}

/** `SRR1000001 - SRR1000009`: one range, not three words. */
const RANGE_WITH_BLANKS = /(?<![A-Za-z])([A-Za-z]+\d+)[ \t]+(\.\.+|[-–—])[ \t]+([A-Za-z]*\d+)/g;

function missingColumn(content: string, column: string): UsageError {
  const line = content.split(/\r\n|[\r\n]/).find((one) => one.trim() !== '' && !one.startsWith('#')) ?? '';
  const delimiter = ['\t', ',', ';'].find((one) => line.includes(one)) ?? '\t';
  const columns = readDelimited(line, delimiter)[0] ?? [];
  return new UsageError(`the list has no column "${column}"`, {
    hint: columns.length < 2 ? 'It is no csv or tsv; leave the column out.' : `Its columns are ${columns.join(', ')}.`,
    fields: { column },
  });
}
