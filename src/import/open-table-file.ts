import { open } from 'node:fs/promises';
import { UsageError } from '../errors/usage-error.ts';
import { diskError } from '../store/disk/disk.ts';
import type { EngineDoor } from '../store/segments/segments.ts';
import type { RawTable } from './raw-table.ts';
import { openJson, openParquet } from './read-by-engine.ts';
import { openDelimited } from './read-delimited.ts';

/** How a file is opened as a table. */
type OpenTable = (path: string, engine: EngineDoor) => Promise<RawTable>;

/** Readers by the end of a file's name. */
const READERS: Readonly<Record<string, OpenTable>> = {
  '.parquet': openParquet,
  '.csv': openDelimited,
  '.tsv': openDelimited,
  '.txt': openDelimited,
  '.json': openJson,
  '.ndjson': openJson,
  '.jsonl': openJson,
};

/** Ends of names that are tables. */
export const TABLE_SUFFIXES: readonly string[] = Object.keys(READERS);

/** What is no table for us, and what to do with it. */
const OTHERS: readonly (readonly [suffix: RegExp, hint: string])[] = [
  [/\.(xlsx|xls|ods)$/i, 'Save the sheet as CSV UTF-8 and import that.'],
  [/\.(gz|bz2|xz|zst|zip)$/i, 'Unpack it first.'],
];

/** Opens a file by the end of its name, and one without a known end by its first bytes. */
export async function openTableFile(path: string, engine: EngineDoor): Promise<RawTable> {
  const other = OTHERS.find(([suffix]) => suffix.test(path));
  if (other !== undefined) throw new UsageError(`${path} is no table that can be imported.`, { hint: other[1] });
  const suffix = TABLE_SUFFIXES.find((end) => path.toLowerCase().endsWith(end)) ?? (await suffixByContent(path));
  return (READERS[suffix] ?? openDelimited)(path, engine);
}

async function suffixByContent(path: string): Promise<string> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw diskError(error, 'read', path);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    if (start.startsWith('PAR1')) return '.parquet';
    return /^(\u00ef\u00bb\u00bf)?\s*[[{]/.test(start) ? '.json' : '.csv';
  } finally {
    await handle.close();
  }
}
