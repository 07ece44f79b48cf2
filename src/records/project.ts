import { type Patch, PROVENANCE_COLUMNS, type Provenance, type Table } from './table.ts';

/** One project (study, series): keyed by its GSE where GEO brokered it, else by its BioProject. */
export interface ProjectRow extends Provenance {
  key: string;
  title: string | null;
  summary: string | null;
  organism: string | null;
  parent: string | null;
  children: string | null;
  date: string | null;
  publications: readonly string[] | null;
  source: string;
  type: string | null;
  overall_design: string | null;
  url: string | null;
}

/** What a source said about one project. */
export type ProjectPatch = Patch<ProjectRow, 'key' | 'source'>;

/** The projects table. */
export const PROJECTS: Table = {
  name: 'projects',
  primaryKey: ['key'],
  perSource: true,
  columns: [
    {
      name: 'key',
      type: 'text',
      required: true,
      doc: 'GSE where GEO brokered the project, else its BioProject (a GPL for a platform that was asked).',
    },
    { name: 'title', type: 'text', doc: 'GEO docsum title, else STUDY_TITLE, else ENA study_title.' },
    { name: 'summary', type: 'text', doc: 'GEO docsum summary, else STUDY_ABSTRACT.' },
    { name: 'organism', type: 'text', doc: "The source's words, joined with `; `." },
    { name: 'parent', type: 'text', doc: 'Key of the SuperSeries, when there is one.' },
    {
      name: 'children',
      type: 'text',
      doc: 'Keys of the samples, joined with `,`; NULL while only the shell is known.',
    },
    { name: 'date', type: 'text', doc: 'First public date, YYYY-MM-DD.' },
    { name: 'publications', type: 'list', doc: 'PubMed ids and DOIs.' },
    { name: 'source', type: 'text', required: true, doc: 'Authority of the key: GEO, INSDC, …' },
    { name: 'type', type: 'text', doc: 'Kind of study: GEO gdstype, else existing_study_type.' },
    { name: 'overall_design', type: 'text', doc: 'GEO !Series_overall_design (with a GSE).' },
    { name: 'url', type: 'text', doc: "The record's page at its archive." },
    ...PROVENANCE_COLUMNS,
  ],
};
