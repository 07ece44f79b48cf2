import { cellText, type PrintColumn, type PrintRow } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { RowWriter, WriteText } from '../../formats/row-writer.ts';
import { displayWidth, pad, truncate } from './display-width.ts';
import { fitColumns, GAP } from './fit-columns.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** Rows whose widths are looked at before the first is printed; a longer answer streams with these widths. */
const LOOK_AT = 500;

/** What a table needs to know of the place where it is printed. */
export interface TableSettings {
  /** Cells per line; Infinity where nothing limits it. */
  readonly width: number;
  readonly paint: Paint;
  /** Colour of one cell's text, by column and row. */
  readonly colour?: (column: string, row: PrintRow) => ((text: string) => string) | undefined;
  /** Told once when columns had to be left out. */
  readonly onHidden?: (names: readonly string[]) => void;
}

/** An aligned table for people. Wide columns are cut with `…` or wrapped; columns that find no room are left out and told. */
export function createTableWriter(
  columns: readonly PrintColumn[],
  write: WriteText,
  settings: TableSettings,
): RowWriter {
  let kept: PrintRow[] = [];
  let widths: readonly number[] | undefined;
  const flush = async (isWhole: boolean): Promise<void> => {
    let text = '';
    if (widths === undefined) {
      widths = fitColumns(naturalWidths(columns, kept, isWhole), settings.width);
      const hidden = columns.slice(widths.length).map((column) => column.name);
      if (hidden.length > 0) settings.onHidden?.(hidden);
      text = headerLine(columns, widths, settings.paint);
    }
    for (const row of kept) text += rowLine(columns, widths, row, settings);
    kept = [];
    if (text !== '') await write(text);
  };
  return {
    async write(rows) {
      kept.push(...rows);
      if (widths !== undefined || kept.length >= LOOK_AT) await flush(false);
    },
    end: () => flush(true),
  };
}

function naturalWidths(columns: readonly PrintColumn[], rows: readonly PrintRow[], areAll: boolean): number[] {
  return columns.map((column) =>
    rows.reduce(
      (widest, row) => Math.max(widest, displayWidth(shown(row, column))),
      Math.max(displayWidth(printable(column.name)), areAll ? 0 : (column.reserve ?? 0)),
    ),
  );
}

function headerLine(columns: readonly PrintColumn[], widths: readonly number[], paint: Paint): string {
  const cells = widths.map((width, index) => {
    const column = columns[index] ?? { name: '' };
    return paint.header(fill(truncate(printable(column.name), width), width, column, index === widths.length - 1));
  });
  return `${cells.join(' '.repeat(GAP))}\n`;
}

function rowLine(
  columns: readonly PrintColumn[],
  widths: readonly number[],
  row: PrintRow,
  settings: TableSettings,
): string {
  const cells = widths.map((width, index) => {
    const column = columns[index] ?? { name: '' };
    return cellLines(shown(row, column), width, column);
  });
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  let text = '';
  for (let line = 0; line < height; line += 1) {
    const parts = widths.map((width, index) => {
      const column = columns[index] ?? { name: '' };
      const part = fill(cells[index]?.[line] ?? '', width, column, index === widths.length - 1);
      return settings.colour?.(column.name, row)?.(part) ?? part;
    });
    text += `${parts.join(' '.repeat(GAP)).trimEnd()}\n`;
  }
  return text;
}

/** The lines of one cell: one, cut to its width, or as many as it takes where the column wraps. */
function cellLines(text: string, width: number, { wraps }: PrintColumn): readonly string[] {
  if (wraps !== true || displayWidth(text) <= width) return [truncate(text, width)];
  return wrap(text, width).flatMap((line) => pieces(line, width));
}

/** A word that is longer than its column is broken: it must not push those beside it away. */
function pieces(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const found: string[] = [];
  let piece = '';
  for (const character of line) {
    if (displayWidth(piece + character) > width && piece !== '') {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}

/** The last column needs no blanks after it. */
function fill(text: string, width: number, column: PrintColumn, isLast: boolean): string {
  if (column.numeric) return pad(text, width, 'left');
  return isLast ? text : pad(text, width, 'right');
}

function shown(row: PrintRow, column: PrintColumn): string {
  return printable(cellText(row[column.name]) ?? '');
}
