import { bioprojectUid, findProject } from './bioproject.ts';
import { bioSampleUid } from './biosample.ts';
import { isHidden } from './ena-portal.ts';
import type { EntrezPhrase } from './entrez-term.ts';
import { gdsSummary, gdsUid } from './gds-summary.ts';
import type { Hidden } from './geo-endpoints.ts';
import { hasPackage, type Library, type WorldIndex } from './world-index.ts';

/** What one phrase finds in a database: UIDs, and the field as the server names it. */
export interface PhraseResult {
  readonly found: ReadonlySet<string>;
  readonly field: string;
}

/** The databases that the server plays. */
export const DATABASES = ['sra', 'gds', 'biosample', 'bioproject'] as const;

/** Name of a database of E-utilities. */
export type Database = (typeof DATABASES)[number];

/** Finds what one phrase of a search means in a database. An unknown field tag is dropped, as Entrez does. */
export function findPhrase(database: Database, phrase: EntrezPhrase, index: WorldIndex, hidden: Hidden): PhraseResult {
  const text = phrase.text.toUpperCase();
  if (hidden.has(text)) return { found: new Set(), field: 'All Fields' };
  if (database === 'sra') return findSra(text, phrase.field, index, hidden);
  if (database === 'gds') return findGds(text, phrase.field, index);
  if (database === 'bioproject') {
    const known = findProject(text, index) !== undefined;
    return { found: new Set(known ? [bioprojectUid(text)] : []), field: projectField(phrase.field) };
  }
  const samples = (index.insdcSamples.get(text) ?? []).filter((sample) => sample.biosample !== undefined);
  const uids = samples.map((sample) => bioSampleUid(sample.biosample ?? ''));
  return { found: new Set(uids), field: phrase.field === undefined ? 'All Fields' : 'Accession' };
}

/** Names of the fields of db=sra by the tags that clients use. */
const SRA_FIELDS: Readonly<Record<string, string>> = {
  ACCN: 'Accession',
  ACCESSION: 'Accession',
  BIOPROJECT: 'BioProject',
  GPRJ: 'BioProject',
  BIOSAMPLE: 'BioSample',
};

function findSra(text: string, tag: string | undefined, index: WorldIndex, hidden: Hidden): PhraseResult {
  const field = SRA_FIELDS[(tag ?? '').toUpperCase()] ?? 'All Fields';
  const libraries = (index.librariesOf.get(text) ?? []).filter(
    (library) => hasPackage(library) && !isHidden(library, hidden) && holds(library, text, field),
  );
  return { found: new Set(libraries.map((library) => String(library.uid))), field };
}

/** True when a field of the library holds the accession. Whether `[accn]` knows GEO's names is unconfirmed: here it does not. */
function holds({ experiment, sample, study }: Library, text: string, field: string): boolean {
  if (field === 'BioProject') return text === study.bioproject || text === study.umbrella;
  if (field === 'BioSample') return text === sample.biosample;
  if (field === 'Accession') return /^(?:[SED]R[APRSXZ]|SAM|PRJ)/.test(text);
  return text !== '' && experiment.accession !== '';
}

function findGds(text: string, tag: string | undefined, index: WorldIndex): PhraseResult {
  const field = (tag ?? '').toUpperCase();
  if (field === 'ETYP' || field === 'ENTRY TYPE') {
    return { found: entriesOfType(text.toLowerCase(), index), field: 'Entry Type' };
  }
  const accessions = new Set<string>();
  if (index.series.has(text)) {
    accessions.add(text);
    for (const sample of index.geoSamplesOf.get(text) ?? []) {
      accessions.add(sample.geo.accession);
      accessions.add(sample.geo.platform);
    }
  }
  const sample = index.geoSamples.get(text);
  if (sample !== undefined) for (const name of [text, ...sample.geo.series]) accessions.add(name);
  if (index.platforms.has(text)) accessions.add(text);
  for (const series of index.world.series) {
    if (series.bioproject === text || series.study === text) accessions.add(series.accession);
  }
  const shown = [...accessions].filter((accession) => gdsSummary(accession, index) !== undefined);
  const isAccession = field === 'ACCN' || field === 'GEO ACCESSION';
  return { found: new Set(shown.map(gdsUid)), field: isAccession ? 'GEO Accession' : 'All Fields' };
}

function entriesOfType(type: string, index: WorldIndex): ReadonlySet<string> {
  const names: Readonly<Record<string, Iterable<string>>> = {
    gse: index.series.keys(),
    gsm: index.geoSamples.keys(),
    gpl: index.platforms.keys(),
  };
  return new Set([...(names[type] ?? [])].map(gdsUid));
}

function projectField(tag: string | undefined): string {
  const name = (tag ?? '').toUpperCase();
  return name === 'PRJA' || name === 'PROJECT ACCESSION' ? 'Project Accession' : 'All Fields';
}
