import { UsageError } from '../errors/usage-error.ts';
import { cellText, exactNumber, type PrintColumn, type PrintRow } from '../formats/cell.ts';
import type { CutCell } from './export-type.ts';

/** Rows of a sheet, its header among them (Excel 2007 and later). */
export const SHEET_ROWS = 1_048_576;

/** Columns of a sheet. */
const SHEET_COLUMNS = 16_384;

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

/** What was written: rows without the header, and texts that did not fit. */
export interface Sheet {
  rows: number;
  readonly cut: { count: number; readonly first: CutCell[] };
}

/** A value of a cell: text, an exact number, a truth value, nothing. */
type SheetValue = string | number | boolean | null;

/**
 * Writes rows as one sheet, streamed: no more memory for a million rows than for a thousand. Text is typed as text, so that
 * `=1+1` is no formula; whole numbers that a double does not hold exactly, and times (a sheet knows no time zone), are text.
 * A text longer than a cell can hold is cut, ends with the number of its characters, and is told.
 */
export async function writeSheet(input: SheetInput, write: (part: Uint8Array) => Promise<void>): Promise<Sheet> {
  if (input.columns.length > SHEET_COLUMNS) throw tooLarge(`${input.columns.length} columns`, SHEET_COLUMNS, 'columns');
  const { writeXlsxStream } = await import('hucre/xlsx');
  const sheet: Sheet = { rows: 0, cut: { count: 0, first: [] } };
  const columns = input.columns.map(({ name }) => ({ header: sheetText(name) }));
  const options = { name: input.name, columns, freezePane: { rows: 1 } };
  try {
    // Not as ZIP64: Excel mistrusts sheets of a few rows that are written so.
    for await (const part of writeXlsxStream(sheetRows(input, sheet), options)) await write(part);
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ZipError') throw cause;
    throw tooLarge('Sheets of more than 4 GB', SHEET_ROWS - 1, 'rows, and 4 GB', cause);
  }
  return sheet;
}

async function* sheetRows({ columns, batches }: SheetInput, sheet: Sheet): AsyncGenerator<SheetValue[]> {
  for await (const rows of batches) {
    sheet.rows += rows.length;
    checkSheetRows(sheet.rows);
    for (const row of rows) {
      const values = columns.map(({ name }) => sheetValue(row[name]));
      yield values.map((value, index) => {
        if (typeof value !== 'string' || value.length <= CELL_CHARACTERS) return value;
        noteCut(sheet, {
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

function noteCut({ cut }: Sheet, cell: CutCell): void {
  cut.count += 1;
  if (cut.first.length < NAMED_CUTS) cut.first.push(cell);
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
  if (typeof value === 'bigint') return exactNumber(value);
  return sheetText(cellText(value) ?? '');
}

/** What XML cannot hold is replaced; `_x000D_` as somebody wrote it is escaped, since a sheet reads it as a line end. */
function sheetText(text: string): string {
  return text.replaceAll(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd').replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}
