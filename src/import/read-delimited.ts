import { createReadStream } from 'node:fs';
import { UsageError } from '../errors/usage-error.ts';
import { TABLES } from '../records/tables.ts';
import { diskError } from '../store/disk/disk.ts';
import { BATCH_ROWS, type RawRow, type RawTable } from './raw-table.ts';
import { type Dialect, type TextRecord, textRecords, UnclosedQuoteError } from './text-records.ts';

/**
 * Opens a csv or tsv with a header, read in pieces of 64 KiB whatever its size. UTF-8, or UTF-16 with a byte-order mark; the
 * delimiter is told by the header: tab, comma or semicolon.
 */
export async function openDelimited(path: string): Promise<RawTable> {
  const records = textRecords(texts(path), dialectOf);
  const first: TextRecord[] = [];
  try {
    while (first.length === 0) {
      const next = await records.next();
      if (next.done === true) break;
      first.push(...withoutComments(next.value));
    }
  } catch (error) {
    throw readable(error, path);
  }
  const [header, ...rest] = first;
  if (header === undefined) throw new UsageError(`${path} is empty.`, { hint: HEADER_HINT });
  const columns = header.cells.map((cell) => (cell ?? '').trim());
  checkHeader(columns, path);
  return { columns, rows: () => rowsOf(path, columns, rest, records) };
}

const HEADER_HINT = 'The first line names the columns; one of them is key (or id).';

/** Lines before the header that begin with `#`. */
function withoutComments(records: readonly TextRecord[]): TextRecord[] {
  const start = records.findIndex(({ cells }) => cells[0]?.startsWith('#') !== true);
  return start === -1 ? [] : records.slice(start);
}

function checkHeader(columns: readonly string[], path: string): void {
  const names = columns.filter((name) => name !== '').map((name) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(`${path}: two columns are named ${twice}.`, { hint: 'Rename one of them.' });
}

/** Headers of tsv files as celline writes them. */
const OWN_TSV_HEADERS: ReadonlySet<string> = new Set(
  Object.values(TABLES).map(({ columns }) => columns.map(({ name }) => name).join('\t')),
);

function dialectOf(firstLine: string): Dialect {
  if (OWN_TSV_HEADERS.has(firstLine)) return { delimiter: '\t', cells: 'escapes' };
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  const [best = ','] = ['\t', ',', ';'].toSorted((a, b) => count(b) - count(a));
  return { delimiter: count(best) > 1 ? best : ',', cells: 'quotes' };
}

/** The text of a file in pieces. */
async function* texts(path: string): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder !== null) yield decoder.decode();
}

function encodingOf(first: Buffer): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** What went wrong with a file as an error that names it. */
function readable(error: unknown, path: string): Error {
  if (error instanceof UnclosedQuoteError) {
    return new UsageError(`${path}, ${error.message}.`, {
      hint: 'Double the quotes within a cell, or close it.',
      cause: error,
    });
  }
  if (error instanceof TypeError) {
    return new UsageError(`${path} is no UTF-8 text.`, { hint: 'Save it as CSV UTF-8.', cause: error });
  }
  return diskError(error, 'read', path);
}

async function* rowsOf(
  path: string,
  columns: readonly string[],
  first: readonly TextRecord[],
  records: AsyncGenerator<TextRecord[]>,
): AsyncGenerator<readonly RawRow[]> {
  let batch = first.map((record) => rowOf(record, columns));
  try {
    for await (const more of records) {
      for (const record of more) batch.push(rowOf(record, columns));
      while (batch.length >= BATCH_ROWS) {
        yield batch.slice(0, BATCH_ROWS);
        batch = batch.slice(BATCH_ROWS);
      }
    }
  } catch (error) {
    throw readable(error, path);
  }
  if (batch.length > 0) yield batch;
}

function rowOf({ line, cells }: TextRecord, columns: readonly string[]): RawRow {
  const named = Object.fromEntries(
    columns.flatMap((name, index) => (name === '' ? [] : [[name, cells[index] ?? null]])),
  );
  const isWhole = cells.length === columns.length;
  return { line, cells: named, problem: isWhole ? null : `${cells.length} cells, the header has ${columns.length}` };
}
