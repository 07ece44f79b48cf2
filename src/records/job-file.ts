import type { Table } from './table.ts';

/** One file or table that a job read or wrote. */
export interface JobFileRow {
  job: string;
  direction: 'input' | 'output';
  path: string;
  role: string;
  md5: string | null;
  sha256: string | null;
  bytes: bigint | null;
  rows: bigint | null;
  rows_added: bigint | null;
  rows_updated: bigint | null;
  rows_removed: bigint | null;
}

/** Path under which the ids of a job are an input, wherever they came from. */
export const ID_LIST_PATH = '(ids)';

/** The table of what jobs read and wrote. */
export const JOB_FILES: Table = {
  name: 'job_files',
  primaryKey: ['job', 'direction', 'path'],
  perSource: false,
  columns: [
    { name: 'job', type: 'text', required: true, doc: 'Number of the job.' },
    { name: 'direction', type: 'text', required: true, doc: '`input` or `output`.' },
    {
      name: 'path',
      type: 'text',
      required: true,
      doc: 'Below the project: `DB/GEO_SAMPLES.parquet`; elsewhere the whole path. `(ids)`: the list of ids itself.',
    },
    {
      name: 'role',
      type: 'text',
      required: true,
      doc: '`ids`, `list` (the file that they came from), `table`, `file`.',
    },
    { name: 'md5', type: 'text', doc: 'MD5 (hex) of the bytes of a file; NULL of a table.' },
    {
      name: 'sha256',
      type: 'text',
      doc: 'SHA-256 (hex) of the bytes of a file, or of the ids, one a line; NULL of a table: its segments have theirs.',
    },
    { name: 'bytes', type: 'bigint', doc: 'Size of a file in bytes.' },
    { name: 'rows', type: 'bigint', doc: 'Ids of a list, rows of a file; of a table those that were touched.' },
    { name: 'rows_added', type: 'bigint', doc: 'Of a table: rows added.' },
    { name: 'rows_updated', type: 'bigint', doc: 'Of a table: rows changed.' },
    { name: 'rows_removed', type: 'bigint', doc: 'Of a table: rows removed.' },
  ],
};
