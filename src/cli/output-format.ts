import { UsageError } from '../errors/usage-error.ts';
import type { Format, GlobalOptions } from './global-options.ts';

const BY_SUFFIX: readonly (readonly [string, Format])[] = [
  ['.tsv', 'tsv'],
  ['.txt', 'tsv'],
  ['.csv', 'csv'],
  ['.json', 'json'],
  ['.ndjson', 'ndjson'],
  ['.jsonl', 'ndjson'],
  ['.md', 'markdown'],
  ['.markdown', 'markdown'],
  ['.parquet', 'parquet'],
  ['.xlsx', 'xlsx'],
];

/** The format of the data: as asked, else by the file's name, else `table` for a person and `tsv` for a program. */
export function outputFormat(options: GlobalOptions, isTerminal: boolean): Format {
  const format = options.format ?? defaultFormat(options.output, isTerminal);
  if ((format === 'parquet' || format === 'xlsx') && options.output === undefined) {
    const name = format === 'parquet' ? 'Parquet' : 'A spreadsheet';
    throw new UsageError(`${name} is binary and needs a file.`, { hint: 'Add --output FILE.' });
  }
  return format;
}

function defaultFormat(output: string | undefined, isTerminal: boolean): Format {
  if (output === undefined) return isTerminal ? 'table' : 'tsv';
  return formatOfName(output) ?? 'tsv';
}

/** The format that a file's name tells; null for names that tell none. */
export function formatOfName(name: string): Format | null {
  const lower = name.toLowerCase();
  return BY_SUFFIX.find(([suffix]) => lower.endsWith(suffix))?.[1] ?? null;
}
