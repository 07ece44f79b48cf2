import { UsageError } from '../../errors/usage-error.ts';
import type { PrintColumn } from '../../formats/cell.ts';
import { createCsvWriter, createTsvWriter } from '../../formats/delimited.ts';
import { createJsonWriter, createNdjsonWriter } from '../../formats/json.ts';
import { createMarkdownWriter } from '../../formats/markdown.ts';
import type { RowWriter, WriteText } from '../../formats/row-writer.ts';
import type { Format } from '../global-options.ts';
import { createTableWriter, type TableSettings } from './table.ts';

/** The writer of a format. Parquet and spreadsheets are no text: the commands that can write them do so themselves. */
export function createRowWriter(
  format: Format,
  columns: readonly PrintColumn[],
  write: WriteText,
  table: TableSettings,
): RowWriter {
  switch (format) {
    case 'table':
      return createTableWriter(columns, write, table);
    case 'tsv':
      return createTsvWriter(columns, write);
    case 'csv':
      return createCsvWriter(columns, write);
    case 'json':
      return createJsonWriter(columns, write);
    case 'ndjson':
      return createNdjsonWriter(columns, write);
    case 'markdown':
      return createMarkdownWriter(columns, write);
    case 'parquet':
      throw new UsageError('This command does not write Parquet.', {
        hint: 'celline query "SELECT * FROM samples" --format parquet --output samples.parquet',
      });
    case 'xlsx':
      throw new UsageError('This command does not write spreadsheets.', {
        hint: 'celline export samples --output samples.xlsx',
      });
    default:
      return format satisfies never;
  }
}
