import { ENA_RUN_COLUMNS, type EnaRun } from '../../../handlers/ena/run-row.ts';
import type { LibraryParts } from '../../../handlers/library/library-parts.ts';
import type { BioSample } from '../../../handlers/ncbi/biosample.ts';
import type { GdsSummary, GeoChannel, GeoSample, GeoSeries } from '../../../handlers/ncbi/geo-record.ts';
import type {
  SraFile,
  SraMember,
  SraPackage,
  SraRun,
  SraSample,
  SraStudy,
} from '../../../handlers/ncbi/sra-package.ts';

/** A study without any names but its accession. */
export function aStudy(facts: Partial<SraStudy> = {}): SraStudy {
  const none = { alias: null, bioproject: null, gse: null, title: null, abstract: null, type: null, dbgap: null };
  return { accession: 'SRP000001', pubmedIds: [], ...none, ...facts };
}

/** A sample record with nothing but its accession. */
export function aSample(facts: Partial<SraSample> = {}): SraSample {
  const none = { alias: null, biosample: null, gsm: null, title: null, taxonId: null, scientificName: null };
  return { accession: 'SRS000001', ...none, description: null, attributes: [], links: [], ...facts };
}

/** A member of a pool. */
export function aMember(facts: Partial<SraMember> = {}): SraMember {
  const none = { name: null, title: null, taxonId: null, organism: null, biosample: null, gsm: null };
  return { accession: 'SRS000001', ...none, ...facts };
}

/** A public run without statistics and files. */
export function aRun(facts: Partial<SraRun> = {}): SraRun {
  const none = { alias: null, spots: null, bases: null, published: null, reads: null };
  const empty = { readStatistics: [], members: [], files: [] };
  return { accession: 'SRR000001', isPublic: true, cluster: 'public', ...none, ...empty, ...facts };
}

/** Statistics/Read for mean lengths. */
export function reads(...lengths: number[]): Pick<SraRun, 'reads' | 'readStatistics'> {
  const readStatistics = lengths.map((averageLength, index) => ({ index, count: 100n, averageLength }));
  return { reads: lengths.length, readStatistics };
}

/** An original FASTQ at NCBI in cold storage. */
export function aFile(facts: Partial<SraFile> = {}): SraFile {
  return {
    name: 'x.fastq.gz',
    copies: [],
    bytes: 10n,
    md5: null,
    semanticName: 'fastq',
    supertype: 'Original',
    ...facts,
  };
}

/** A package with one sample and no runs. */
export function aPackage(facts: Partial<SraPackage> = {}): SraPackage {
  return {
    experiment: 'SRX000001',
    experimentAlias: null,
    gsm: null,
    title: null,
    strategy: null,
    librarySource: null,
    selection: null,
    layout: null,
    libraryName: null,
    constructionProtocol: null,
    platform: null,
    instrument: null,
    submission: null,
    study: null,
    samples: [aSample()],
    members: [],
    runs: [],
    ...facts,
  };
}

const EMPTY_ROW = Object.fromEntries(ENA_RUN_COLUMNS.map((column) => [column, ''])) as EnaRun;

/** A row of ENA; the cells that are not given are empty. */
export function aRow(cells: Partial<EnaRun> = {}): EnaRun {
  return { ...EMPTY_ROW, run_accession: 'SRR000001', ...cells };
}

/** FASTQ cells of a row by file name, 10 bytes each. */
export function fastq(...names: string[]): Partial<EnaRun> {
  return {
    fastq_ftp: names.map((name) => `ftp.sra.ebi.ac.uk/vol1/fastq/SRR000/SRR000001/${name}`).join(';'),
    fastq_md5: names.map((_, index) => String(index).repeat(32)).join(';'),
    fastq_bytes: names.map(() => '10').join(';'),
  };
}

/** Submitted files of a row by name, beside no generated ones. */
export function submitted(...names: string[]): Partial<EnaRun> {
  return {
    submitted_ftp: names.map((name) => `ftp.sra.ebi.ac.uk/vol1/run/SRR000/SRR000001/${name}`).join(';'),
    submitted_md5: names.map(() => 'a'.repeat(32)).join(';'),
    submitted_bytes: names.map(() => '7').join(';'),
  };
}

/** A channel of GEO text. */
export function aChannel(facts: Partial<GeoChannel> = {}): GeoChannel {
  const none = { source: null, organisms: [], taxonIds: [], characteristics: [], molecule: null, label: null };
  return { number: 1, ...none, protocols: {}, ...facts };
}

/** A sample of GEO text. */
export function aGeoSample(facts: Partial<GeoSample> = {}): GeoSample {
  return {
    accession: 'GSM1',
    title: null,
    status: null,
    type: null,
    channels: [],
    description: [],
    dataProcessing: [],
    platforms: [],
    series: [],
    instrument: null,
    strategy: null,
    librarySource: null,
    selection: null,
    biosample: null,
    experiments: [],
    otherRelations: [],
    supplementaryFiles: [],
    texts: {},
    ...facts,
  };
}

/** A series of GEO text. */
export function aSeries(facts: Partial<GeoSeries> = {}): GeoSeries {
  return {
    accession: 'GSE1',
    title: null,
    status: null,
    summary: [],
    overallDesign: [],
    types: [],
    pubmedIds: [],
    samples: [],
    platforms: [],
    subSeries: [],
    superSeries: [],
    bioproject: null,
    studies: [],
    supplementaryFiles: [],
    ...facts,
  };
}

/** A document summary of a series. */
export function aSummary(facts: Partial<GdsSummary> = {}): GdsSummary {
  return {
    uid: '200000001',
    accession: 'GSE1',
    entryType: 'GSE',
    title: null,
    summary: null,
    organisms: [],
    type: null,
    date: null,
    series: [],
    platforms: [],
    samples: [],
    sampleCount: null,
    pubmedIds: [],
    bioproject: null,
    sra: [],
    subSeries: [],
    superSeries: [],
    ...facts,
  };
}

/** A BioSample record. */
export function aBioSample(facts: Partial<BioSample> = {}): BioSample {
  const none = { sra: null, gsm: null, title: null, taxonId: null, organism: null, description: null };
  const rest = { attributes: [], access: null, published: null, status: null, bioprojects: [], dbgap: null };
  return { accession: 'SAMN00000001', ...none, ...rest, ...facts };
}

/** Parts of a sample for which NCBI and ENA were asked. */
export function parts(facts: Partial<LibraryParts> = {}): LibraryParts {
  return {
    key: 'GSM1',
    packages: [],
    enaRuns: [],
    enaSample: null,
    biosample: null,
    geo: null,
    asked: { ncbi: true, ena: true, geoText: false },
    superSeries: new Set(),
    handler: 'geo',
    fetchedAt: '2026-01-02T03:04:05.000Z',
    ...facts,
  };
}
