import type { Table } from './table.ts';

/**
 * How an alias relates to the record.
 * Identity kinds name the same record: `biosample`, `sra_sample`, `experiment`, `geo_sample` (of a sample), `bioproject`, `study` (of a project).
 * Relation kinds name another record: `series`, `superseries`, `subseries`, `platform`, `submission`, `sample` (of a pooled run), `dbgap`, `reanalysis`.
 */
export type LinkKind =
  | 'biosample'
  | 'sra_sample'
  | 'experiment'
  | 'geo_sample'
  | 'bioproject'
  | 'study'
  | 'series'
  | 'superseries'
  | 'subseries'
  | 'platform'
  | 'submission'
  | 'sample'
  | 'dbgap'
  | 'reanalysis';

/** The kinds under which an alias names the record itself, so that `show`, `urls` and `query` find it by that name. */
export const IDENTITY_KINDS: ReadonlySet<LinkKind> = new Set([
  'biosample',
  'sra_sample',
  'experiment',
  'geo_sample',
  'bioproject',
  'study',
]);

/** Another name of a record, or a record that it belongs to. */
export interface LinkRow {
  key: string;
  alias: string;
  kind: LinkKind;
}

/** The links table. */
export const LINKS: Table = {
  name: 'links',
  primaryKey: ['key', 'alias', 'kind'],
  perSource: false,
  columns: [
    { name: 'key', type: 'text', required: true, doc: 'Key of a sample, run or project.' },
    { name: 'alias', type: 'text', required: true, doc: 'Another accession.' },
    {
      name: 'kind',
      type: 'text',
      required: true,
      doc: 'What the alias is: biosample, sra_sample, experiment, geo_sample, bioproject, study (the same record); series, superseries, subseries, platform, submission, sample, dbgap, reanalysis (a related one).',
    },
  ],
};
