import { cellText, type PrintColumn } from './cell.ts';
import { printable } from './printable.ts';
import type { RowWriter, WriteText } from './row-writer.ts';

/** A Markdown table (GitHub's). Pipes are escaped, line breaks become blanks. */
export function createMarkdownWriter(columns: readonly PrintColumn[], write: WriteText): RowWriter {
  const rule = columns.map((column) => (column.numeric ? '---:' : '---'));
  const header = `${line(columns.map((column) => escapeCell(column.name)))}${line(rule)}`;
  let isFirst = true;
  return {
    async write(rows) {
      const lines = rows.map((row) => line(columns.map((column) => escapeCell(cellText(row[column.name]) ?? ''))));
      await write((isFirst ? header : '') + lines.join(''));
      isFirst = false;
    },
    async end() {
      if (isFirst) await write(header);
    },
  };
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function escapeCell(text: string): string {
  return printable(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
