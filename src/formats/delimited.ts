import { cellText, type PrintColumn } from './cell.ts';
import type { RowWriter, WriteText } from './row-writer.ts';

/** Tab-separated text with a header line. NULL is empty; tab, line feed, carriage return and backslash are `\t \n \r \\`. */
export function createTsvWriter(columns: readonly PrintColumn[], write: WriteText): RowWriter {
  return createLineWriter(columns, write, '\t', '\n', (value) => (value === null ? '' : escapeTsv(value)));
}

/** Comma-separated text of RFC 4180 with a header line. NULL is nothing, the empty text is `""`. */
export function createCsvWriter(columns: readonly PrintColumn[], write: WriteText): RowWriter {
  return createLineWriter(columns, write, ',', '\r\n', (value) => (value === null ? '' : quoteCsv(value)));
}

function createLineWriter(
  columns: readonly PrintColumn[],
  write: WriteText,
  separator: string,
  newline: string,
  encode: (value: string | null) => string,
): RowWriter {
  const header = columns.map((column) => encode(column.name)).join(separator) + newline;
  let isFirst = true;
  return {
    async write(rows) {
      let text = isFirst ? header : '';
      isFirst = false;
      for (const row of rows) {
        text += columns.map((column) => encode(cellText(row[column.name]))).join(separator) + newline;
      }
      if (text !== '') await write(text);
    },
    async end() {
      if (isFirst) await write(header);
    },
  };
}

const TSV_ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

function escapeTsv(value: string): string {
  return /[\t\n\r\\]/.test(value) ? value.replace(/[\t\n\r\\]/g, (found) => TSV_ESCAPES[found] ?? found) : value;
}

function quoteCsv(value: string): string {
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
