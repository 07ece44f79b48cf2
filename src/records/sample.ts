import { type JsonObject, type Patch, PROVENANCE_COLUMNS, type Provenance, type Table } from './table.ts';

/** Who may read a record or its files. `controlled`: after an application (dbGaP, EGA); `private`: not released. */
export type Access = 'public' | 'controlled' | 'private';

/** One sample: keyed by its GSM where GEO brokered it, else by its BioSample. */
export interface SampleRow extends Provenance {
  key: string;
  title: string | null;
  organism: string | null;
  tissue: string | null;
  cell_type: string | null;
  library_strategy: string | null;
  library_source: string | null;
  library_selection: string | null;
  platform: string | null;
  instrument: string | null;
  parent: string | null;
  children: string | null;
  species: string | null;
  date: string | null;
  source: string;
  taxon_id: number | null;
  description: string | null;
  attributes: JsonObject | null;
  access: Access | null;
  url: string | null;
  geo_characteristics: JsonObject | null;
  geo_protocols: JsonObject | null;
  geo_data_processing: string | null;
}

/** What a source said about one sample. */
export type SamplePatch = Patch<SampleRow, 'key' | 'source'>;

/** The samples table; its first 14 columns are those of Python Celline's `SampleSchema`, in its order. */
export const SAMPLES: Table = {
  name: 'samples',
  primaryKey: ['key'],
  perSource: true,
  columns: [
    {
      name: 'key',
      type: 'text',
      required: true,
      doc: 'GSM where GEO brokered the sample, else its BioSample accession.',
    },
    { name: 'title', type: 'text', doc: 'INSDC SAMPLE/TITLE, else GEO !Sample_title.' },
    {
      name: 'organism',
      type: 'text',
      doc: "The source's word: SAMPLE_NAME/SCIENTIFIC_NAME, else GEO organism_chN (joined with `, `).",
    },
    { name: 'tissue', type: 'text', doc: 'The attribute that names the tissue, found by the names submitters use.' },
    {
      name: 'cell_type',
      type: 'text',
      doc: 'The attribute that names the cell type, found by the names submitters use.',
    },
    {
      name: 'library_strategy',
      type: 'text',
      doc: 'INSDC LIBRARY_STRATEGY; distinct values of the experiments joined with `,`.',
    },
    { name: 'library_source', type: 'text', doc: 'INSDC LIBRARY_SOURCE; distinct values joined with `,`.' },
    { name: 'library_selection', type: 'text', doc: 'INSDC LIBRARY_SELECTION; distinct values joined with `,`.' },
    {
      name: 'platform',
      type: 'text',
      doc: 'INSDC platform name (ILLUMINA …); distinct values joined with `,`. The GPL is in links.',
    },
    { name: 'instrument', type: 'text', doc: 'INSDC INSTRUMENT_MODEL; distinct values joined with `,`.' },
    {
      name: 'parent',
      type: 'text',
      doc: 'Key of the project: the lowest-numbered series that is no SuperSeries, else the BioProject.',
    },
    { name: 'children', type: 'text', doc: 'Keys of the runs, joined with `,`.' },
    { name: 'species', type: 'text', doc: 'Scientific name of the taxon id.' },
    { name: 'date', type: 'text', doc: 'First public date, YYYY-MM-DD in UTC.' },
    { name: 'source', type: 'text', required: true, doc: 'Authority of the key: GEO, INSDC, …' },
    { name: 'taxon_id', type: 'integer', doc: 'NCBI taxonomy id: SAMPLE_NAME/TAXON_ID, else GEO taxid_ch1.' },
    {
      name: 'description',
      type: 'text',
      doc: 'INSDC SAMPLE/DESCRIPTION; GEO !Sample_description where INSDC has no record (else it is in geo_protocols).',
    },
    {
      name: 'attributes',
      type: 'json',
      doc: "Attribute name to list of values, in the source's own words and order, every channel.",
    },
    { name: 'access', type: 'text', doc: 'public, controlled or private.' },
    { name: 'url', type: 'text', doc: "The record's page at its archive." },
    {
      name: 'geo_characteristics',
      type: 'json',
      doc: "GEO's own characteristics_chN (with a GSE, a GEO-only sample, or --full).",
    },
    {
      name: 'geo_protocols',
      type: 'json',
      doc: "GEO's own texts: protocols, molecule, label, … by SOFT key (with a GSE, a GEO-only sample, or --full).",
    },
    { name: 'geo_data_processing', type: 'text', doc: 'GEO !Sample_data_processing, lines joined with a newline.' },
    ...PROVENANCE_COLUMNS,
  ],
};
