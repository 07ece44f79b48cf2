import type { Access } from './sample.ts';
import { type Patch, PROVENANCE_COLUMNS, type Provenance, type Table } from './table.ts';

/** One sequencing run. */
export interface RunRow extends Provenance {
  key: string;
  title: string | null;
  strategy: string | null;
  raw_link: string | null;
  parent: string | null;
  file_type: string | null;
  file_size: bigint | null;
  source: string;
  experiment: string | null;
  project: string | null;
  layout: string | null;
  library_source: string | null;
  library_selection: string | null;
  spots: bigint | null;
  bases: bigint | null;
  read_lengths: string | null;
  platform: string | null;
  instrument: string | null;
  date: string | null;
  access: Access | null;
}

/** What a source said about one run. */
export type RunPatch = Patch<RunRow, 'key' | 'source'>;

/** The runs table; its first 7 columns are those of Python Celline's `RunSchema`, in its order. */
export const RUNS: Table = {
  name: 'runs',
  primaryKey: ['key'],
  perSource: true,
  columns: [
    { name: 'key', type: 'text', required: true, doc: 'Run accession (SRR, ERR, DRR).' },
    { name: 'title', type: 'text', doc: 'Title of the experiment: EXPERIMENT/TITLE, else ENA experiment_title.' },
    { name: 'strategy', type: 'text', doc: 'INSDC LIBRARY_STRATEGY of the experiment.' },
    {
      name: 'raw_link',
      type: 'text',
      doc: 'URLs joined with `,` (a comma inside a URL is %2C): the generated FASTQ, else the submitted files, else the anonymous SRA object; never mixed.',
    },
    { name: 'parent', type: 'text', doc: 'Key of the sample; of a pooled run its first sample (all are in links).' },
    { name: 'file_type', type: 'text', doc: 'Format of the linked files: fastq, bam, cram, sra, …' },
    { name: 'file_size', type: 'bigint', doc: 'Bytes: the sum of the linked files; NULL if one is unknown.' },
    { name: 'source', type: 'text', required: true, doc: 'Authority of the key: INSDC, …' },
    { name: 'experiment', type: 'text', doc: 'Experiment accession (SRX, ERX, DRX).' },
    { name: 'project', type: 'text', doc: 'Key of the project.' },
    { name: 'layout', type: 'text', doc: 'PAIRED or SINGLE: INSDC LIBRARY_LAYOUT.' },
    { name: 'library_source', type: 'text', doc: 'INSDC LIBRARY_SOURCE of the experiment.' },
    { name: 'library_selection', type: 'text', doc: 'INSDC LIBRARY_SELECTION of the experiment.' },
    { name: 'spots', type: 'bigint', doc: 'Spots: RUN@total_spots, else ENA read_count.' },
    { name: 'bases', type: 'bigint', doc: 'Bases: RUN@total_bases, else ENA base_count.' },
    {
      name: 'read_lengths',
      type: 'text',
      doc: 'Mean length of each read in bases, joined with `,`: Statistics/Read@average.',
    },
    { name: 'platform', type: 'text', doc: 'INSDC platform name.' },
    { name: 'instrument', type: 'text', doc: 'INSDC INSTRUMENT_MODEL.' },
    { name: 'date', type: 'text', doc: 'First public date, YYYY-MM-DD in UTC: ENA first_public, else RUN@published.' },
    { name: 'access', type: 'text', doc: 'public, controlled or private.' },
    ...PROVENANCE_COLUMNS,
  ],
};
