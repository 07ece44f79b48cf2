import { jsonText, type PrintColumn, type PrintRow } from './cell.ts';
import type { RowWriter, WriteText } from './row-writer.ts';

/** One JSON document: an array with one object per line. */
export function createJsonWriter(columns: readonly PrintColumn[], write: WriteText): RowWriter {
  let isFirst = true;
  return {
    async write(rows) {
      if (rows.length === 0) return;
      const lines = rows.map((row) => objectText(columns, row)).join(',\n');
      await write(`${isFirst ? '[\n' : ',\n'}${lines}`);
      isFirst = false;
    },
    async end() {
      await write(isFirst ? '[]\n' : '\n]\n');
    },
  };
}

/** One JSON object per line. */
export function createNdjsonWriter(columns: readonly PrintColumn[], write: WriteText): RowWriter {
  return {
    async write(rows) {
      if (rows.length > 0) await write(`${rows.map((row) => objectText(columns, row)).join('\n')}\n`);
    },
    async end() {},
  };
}

function objectText(columns: readonly PrintColumn[], row: PrintRow): string {
  const fields = columns.map((column) => `${JSON.stringify(column.name)}:${jsonText(row[column.name])}`);
  return `{${fields.join(',')}}`;
}
