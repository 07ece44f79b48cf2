import { UsageError } from '../errors/usage-error.ts';
import { cellText, type PrintColumn, type PrintRow } from '../formats/cell.ts';
import type { CutCell } from './export-type.ts';

/** Rows of a sheet, its header among them (Excel 2007 and later). */
export const SHEET_ROWS = 1_048_576;

/** Columns of a sheet. */
export const SHEET_COLUMNS = 16_384;

/** Characters of a cell, in UTF-16 units. */
export const CELL_CHARACTERS = 32_767;

/** Cut cells that are named. */
const NAMED_CUTS = 5;

/** What a sheet is made of. */
export interface SheetInput {
  /** Name of the sheet. */
  readonly name: string;
  readonly columns: readonly PrintColumn[];
  readonly batches: AsyncIterable<readonly PrintRow[]>;
}

/** Texts that did not fit. */
export interface Cuts {
  count: number;
  readonly first: CutCell[];
}

/** A value of a cell: text, an exact number, a truth value, nothing. */
type SheetValue = string | number | boolean | null;

/**
 * Writes rows as one sheet, streamed: no more memory for a million rows than for a thousand. Text is typed as text, so that `=1+1` is no formula; whole
 * numbers that a double does not hold exactly, and times (a sheet knows no time zone), are text. A text longer than a cell
 * can hold is cut, ends with the number of its characters, and is told.
 */
export async function writeSheet(input: SheetInput, write: (part: Uint8Array) => Promise<void>): Promise<Cuts> {
  if (input.columns.length > SHEET_COLUMNS) throw tooLarge(`${input.columns.length} columns`, SHEET_COLUMNS, 'columns');
  const { writeXlsxStream } = await import('hucre/xlsx');
  const cuts: Cuts = { count: 0, first: [] };
  const columns = input.columns.map(({ name }) => ({ header: sheetText(name) }));
  const options = { name: input.name, columns, freezePane: { rows: 1 } };
  try {
    // Not as ZIP64: Excel mistrusts sheets of a few rows that are written so.
    for await (const part of writeXlsxStream(sheetRows(input, cuts), options)) await write(part);
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ZipError') throw cause;
    throw tooLarge('Sheets of more than 4 GB', SHEET_ROWS - 1, 'rows, and 4 GB', cause);
  }
  return cuts;
}

async function* sheetRows({ columns, batches }: SheetInput, cuts: Cuts): AsyncGenerator<SheetValue[]> {
  let count = 1;
  for await (const rows of batches) {
    count += rows.length;
    checkSheetRows(count - 1);
    for (const row of rows) {
      const values = columns.map(({ name }) => sheetValue(row[name]));
      yield values.map((value, index) => {
        if (typeof value !== 'string' || value.length <= CELL_CHARACTERS) return value;
        noteCut(cuts, {
          row: String(values[0]).slice(0, 80),
          column: columns[index]?.name ?? '',
          length: value.length,
        });
        return cutText(value);
      });
    }
  }
}

/** Refuses more rows than a sheet can hold. */
export function checkSheetRows(rows: number): void {
  if (rows >= SHEET_ROWS) throw tooLarge(`${rows} rows or more`, SHEET_ROWS - 1, 'rows and a header');
}

function tooLarge(what: string, most: number, unit: string, cause?: unknown): UsageError {
  return new UsageError(`${what} do not fit: a sheet holds ${most} ${unit}.`, {
    hint: 'Use --format csv or parquet, or narrow it with --where, --columns or --limit.',
    fields: { most },
    cause,
  });
}

function noteCut(cuts: Cuts, cut: CutCell): void {
  cuts.count += 1;
  if (cuts.first.length < NAMED_CUTS) cuts.first.push(cut);
}

function cutText(text: string): string {
  const note = `… (cut, ${text.length} characters)`;
  const kept = text.slice(0, CELL_CHARACTERS - note.length);
  // Not between the halves of one character, nor within an escape.
  return kept.replace(/[\ud800-\udbff]$/, '').replace(/_x[0-9A-F]{0,4}$/i, '') + note;
}

function sheetValue(value: PrintRow[string]): SheetValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const isExact = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
    return isExact ? Number(value) : value.toString();
  }
  return sheetText(cellText(value) ?? '');
}

/** What XML cannot hold is replaced; `_x000D_` as somebody wrote it is escaped, since a sheet reads it as a line end. */
function sheetText(text: string): string {
  return text.replaceAll(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd').replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}
