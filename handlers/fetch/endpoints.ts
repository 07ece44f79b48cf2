/** What one endpoint may do wrong beyond what every body may, and what follows. */
export interface Endpoint {
  /** Whose answer it is, for warnings and errors. */
  readonly name: string;
  /** Its path at the archive. */
  readonly path: string;
  /** How it leaves records out, or gives those of others, and what follows. */
  readonly missing: string;
  /** What follows when columns, members or elements do not come; empty where nothing is compared. */
  readonly drift: string;
}

const LEFT_OUT =
  'ids without a record are asked again as a list of their own, past the cache, as long as something comes; left out twice is not there';
const WARNED = 'asked once more; then a warning, and what is stored stays';

/** The endpoints that celline reads records of. What every body may do is the table in `src/ports/body-faults.ts`. */
export const ENDPOINTS = {
  search: {
    name: "NCBI's SRA search",
    path: 'esearch db=sra',
    missing:
      'no record, and no term named as not found: asked again. Experiments that GEO or ENA name and the search does not: searched by their own names',
    drift: 'without `esearchresult` or `count`: asked again, then an error by name',
  },
  packages: {
    name: "NCBI's experiment packages",
    path: 'efetch db=sra',
    missing:
      'fewer than the search counts, or none that a term names: asked again, the fuller answer counts; fewer than half of a page is `too_few`, and the search is cut. A forgotten session, or records that no term names: searched again',
    drift: `an element that no package of five or more has: ${WARNED}. A package without an experiment: an error by name`,
  },
  summaries: {
    name: "GEO's document summaries",
    path: 'esummary db=gds',
    missing: `${LEFT_OUT}, and fewer than half is \`too_few\`. A UID that NCBI names as unknown is not there. A record counts only under its own accession`,
    drift: `a member that no record has: ${WARNED}. Without \`result.uids\` or an accession: an error by name`,
  },
  biosamples: { name: "NCBI's BioSamples", path: 'efetch db=biosample', missing: LEFT_OUT, drift: '' },
  page: {
    name: "GEO's record",
    path: 'acc.cgi',
    missing:
      'the text of another record: asked again, then an error by name. A page that says why there is none is the answer',
    drift: '',
  },
  family: {
    name: "GEO's family file",
    path: '*_family.soft.gz',
    missing:
      'of another series, or of none: asked again, then an error by name. Fewer samples than the series lists: asked again; then `partial`, the list of members stays, and the file is forgotten. No file: acc.cgi',
    drift: '',
  },
  enaSearch: {
    name: "ENA's run table",
    path: 'portal/api/search',
    missing: LEFT_OUT,
    drift: `a column that does not come: ${WARNED}. A column that is refused (400): asked without it, for the rest of the command. A key column: an error by name`,
  },
  enaReport: {
    name: "ENA's report of an accession",
    path: 'portal/api/filereport',
    missing:
      'no row: asked again. Runs that NCBI names and the report does not: searched by name, and the report is forgotten',
    drift: 'as the search',
  },
  enaSamples: {
    name: "ENA's samples",
    path: 'browser/api/xml (POST)',
    missing: `${LEFT_OUT}; 404 is "none of them"`,
    drift: '',
  },
  enaRecord: {
    name: "ENA's record",
    path: 'browser/api/xml/<accession>',
    missing: '404 and 400 are "there is none"; the record of another accession is not used',
    drift: '',
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
