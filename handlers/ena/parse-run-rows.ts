import { BadResponseError } from '../../src/ports/handler.ts';
import { ENA_RUN_COLUMNS, type EnaRun, type EnaRunColumn } from './run-row.ts';

/** Longest line accepted, in UTF-16 code units: 16 Mi. A run with 1,000 files has about 300,000. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Streams the rows of ENA's read_run table (`format=tsv`). The text is unquoted: cells end at a TAB, quotes are data.
 * Cells are found by the header; unknown columns are left out and columns that were not sent are ''.
 * An empty body (ENA's older "nothing found", status 204) has no rows.
 *
 * Throws a `BadResponseError` when the header has no run_accession (an error text), when the last line has no newline
 * or a row has fewer cells than the header: the body was cut.
 * @param onHeader told the columns that ENA sent, before the first row.
 */
export async function* parseRunRows(
  chunks: AsyncIterable<string>,
  onHeader?: (columns: readonly string[]) => void,
): AsyncGenerator<EnaRun> {
  let header: readonly string[] | null = null;
  for await (const line of completeLines(chunks)) {
    const cells = line.split('\t');
    if (header === null) {
      header = readHeader(line, cells);
      onHeader?.(header);
    } else if (line !== '') yield toRow(header, cells);
  }
}

/** Lines without their line ends; the last one has to end with a newline too. */
async function* completeLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw badRows('too_large', `a line of over ${MAX_LINE} characters`);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest === '') return;
  // A header or an error text without its newline tells more than that it is cut.
  if (!rest.includes('\t') && !rest.startsWith('run_accession')) readHeader(rest, [rest]);
  throw badRows('cut', 'the answer is cut: its last line does not end');
}

function readHeader(line: string, cells: readonly string[]): readonly string[] {
  const columns = cells.map((cell, index) => (index === 0 ? cell.replace(/^\uFEFF/, '') : cell).trim());
  if (!columns.includes('run_accession')) {
    throw badRows('wrong_header', `the answer is no table of runs but "${line.slice(0, 200).trim()}"`);
  }
  return columns;
}

function toRow(header: readonly string[], cells: readonly string[]): EnaRun {
  if (cells.length !== header.length) {
    throw badRows(
      'cut',
      `a row of ${cells.length} cells under ${header.length} columns: ${(cells[0] ?? '').slice(0, 40)}`,
    );
  }
  const row = emptyRow();
  for (const [index, column] of header.entries()) {
    if (isKnown(column)) row[column] = cells[index] ?? '';
  }
  if (row.run_accession === '') throw badRows('incomplete', 'a row without a run_accession');
  return row;
}

const KNOWN: ReadonlySet<string> = new Set(ENA_RUN_COLUMNS);

function isKnown(column: string): column is EnaRunColumn {
  return KNOWN.has(column);
}

function emptyRow(): Record<EnaRunColumn, string> {
  return { ...EMPTY_ROW };
}

const EMPTY_ROW = Object.fromEntries(ENA_RUN_COLUMNS.map((column) => [column, ''])) as Record<EnaRunColumn, string>;

function badRows(kind: string, problem: string): BadResponseError {
  return new BadResponseError(`ENA's run rows: ${problem}`, {
    fields: { kind, what: "ENA's run rows" },
    hint: 'ENA may be overloaded or may have changed its format; run the command again later.',
  });
}
