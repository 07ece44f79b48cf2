import type { Access } from './sample.ts';
import { type Patch, PROVENANCE_COLUMNS, type Provenance, type Table } from './table.ts';

/** Where the bytes of a file come from. `generated` and `normalized`: made by the archive; `submitted`: the submitter's own. */
export type FileOrigin = 'generated' | 'submitted' | 'normalized' | 'supplementary';

/** What a file is for. NULL where neither the name, the read lengths nor the layout prove it. */
export type FileRole =
  | 'R1'
  | 'R2'
  | 'R3'
  | 'I1'
  | 'I2'
  | 'unpaired'
  | 'bam'
  | 'bai'
  | 'cram'
  | 'sra'
  | 'sra_lite'
  | 'matrix'
  | 'supplementary';

/** One file, with every mirror of the same bytes. */
export interface FileRow extends Provenance {
  key: string;
  parent: string;
  name: string;
  role: FileRole | null;
  read_number: number | null;
  format: string | null;
  origin: FileOrigin;
  urls: readonly string[];
  md5: string | null;
  bytes: bigint | null;
  access: Access | null;
  access_note: string | null;
  source: string;
}

/** What a source said about one file. */
export type FilePatch = Patch<FileRow, 'key' | 'source' | 'parent' | 'name' | 'origin'>;

/** The files table. */
export const FILES: Table = {
  name: 'files',
  primaryKey: ['key'],
  perSource: true,
  columns: [
    { name: 'key', type: 'text', required: true, doc: '`<parent>/<origin>/<name>`.' },
    { name: 'parent', type: 'text', required: true, doc: 'Key of the run, sample or project that has the file.' },
    { name: 'name', type: 'text', required: true, doc: 'File name.' },
    {
      name: 'role',
      type: 'text',
      doc: 'R1 R2 R3 I1 I2 unpaired bam bai cram sra sra_lite matrix supplementary; NULL where nothing proves it.',
    },
    { name: 'read_number', type: 'integer', doc: '1 to 4, from the file name (_1, _2, …).' },
    { name: 'format', type: 'text', doc: 'fastq, bam, cram, sra, sra_lite, tar, tsv, …' },
    { name: 'origin', type: 'text', required: true, doc: 'generated, submitted, normalized or supplementary.' },
    {
      name: 'urls',
      type: 'list',
      doc: 'Every address of the same bytes that anybody may read without an account; empty when there is none.',
    },
    { name: 'md5', type: 'text', doc: 'MD5 in lower-case hex, where the archive gives it.' },
    { name: 'bytes', type: 'bigint', doc: 'Size in bytes, where the archive gives it.' },
    { name: 'access', type: 'text', doc: 'public, controlled or private.' },
    {
      name: 'access_note',
      type: 'text',
      doc: "NCBI's access types and addresses of copies that need an account or a delivery request.",
    },
    { name: 'source', type: 'text', required: true, doc: 'Authority of the parent: INSDC, GEO, …' },
    ...PROVENANCE_COLUMNS,
  ],
};

/** The key of a file row. */
export function fileKey(parent: string, origin: FileOrigin, name: string): string {
  return `${parent}/${origin}/${name}`;
}
