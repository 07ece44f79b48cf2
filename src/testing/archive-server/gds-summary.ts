import type { WorldPlatform, WorldSeries } from './world.ts';
import type { GeoKnown, WorldIndex } from './world-index.ts';

/** First digit of the nine-digit UIDs of db=gds. */
const UID_LEADS = { GPL: '1', GSE: '2', GSM: '3' } as const;

/** UID of a GEO accession in db=gds. */
export function gdsUid(accession: string): string {
  const kind = accession.slice(0, 3) as keyof typeof UID_LEADS;
  return `${UID_LEADS[kind]}${accession.slice(3).padStart(8, '0')}`;
}

/** The GEO accession of a UID, or undefined when it is of another kind. */
export function accessionOfGdsUid(uid: string): string | undefined {
  if (!/^[123]\d{8}$/.test(uid)) return undefined;
  const kind = Object.entries(UID_LEADS).find(([, lead]) => uid.startsWith(lead))?.[0] ?? '';
  return `${kind}${Number(uid.slice(1))}`;
}

/** Folder stub of GEO's file tree: the last one to three digits become `nnn`. */
export function stub(accession: string): string {
  return `${accession.slice(0, 3)}${accession.slice(3).slice(0, -3)}nnn`;
}

/** The summary of a public GEO record, or undefined when db=gds does not show it. */
export function gdsSummary(accession: string, index: WorldIndex): Record<string, unknown> | undefined {
  const series = index.series.get(accession);
  if (series !== undefined) return series.withheld === undefined ? ofSeries(series, index) : undefined;
  const sample = index.geoSamples.get(accession);
  if (sample !== undefined) return sample.geo.withheld === undefined ? ofSample(sample) : undefined;
  const platform = index.platforms.get(accession);
  return platform === undefined ? undefined : ofPlatform(platform, index);
}

/** All fields in NCBI's order, empty: a record fills in what its kind has. */
function emptySummary(accession: string): Record<string, unknown> {
  const names =
    'gds,title,summary,gpl,gse,taxon,entrytype,gdstype,ptechtype,valtype,ssinfo,subsetinfo,pdat,suppfile,samples,relations,extrelations,n_samples,seriestitle,platformtitle,platformtaxa,samplestaxa,pubmedids,projects,ftplink,geo2r,bioproject';
  const lists = ['samples', 'relations', 'extrelations', 'pubmedids', 'projects'];
  return {
    uid: gdsUid(accession),
    accession,
    ...Object.fromEntries(names.split(',').map((name) => [name, lists.includes(name) ? [] : ''])),
    entrytype: accession.slice(0, 3),
  };
}

function ofSeries(series: WorldSeries, index: WorldIndex): Record<string, unknown> {
  const samples = (index.geoSamplesOf.get(series.accession) ?? []).filter((one) => one.geo.withheld === undefined);
  const { study } = series;
  return {
    ...emptySummary(series.accession),
    title: series.title,
    summary: series.summary.join(' '),
    gpl: distinct(samples.map((one) => one.geo.platform.slice(3))).join(';'),
    gse: series.accession.slice(3),
    taxon: distinct(samples.map((one) => one.organism)).join('; '),
    gdstype: series.types.join('; '),
    pdat: series.dates.released.replaceAll('-', '/'),
    suppfile: suffixes(series.supplementary.map((file) => file.name)),
    samples: samples.map((one) => ({ accession: one.geo.accession, title: one.title })),
    extrelations: study === undefined ? [] : [sraRelation(study, 'ByStudy')],
    n_samples: samples.length,
    pubmedids: series.pubmedIds,
    ftplink: `ftp://ftp.ncbi.nlm.nih.gov/geo/series/${stub(series.accession)}/${series.accession}/`,
    geo2r: 'no',
    bioproject: series.bioproject ?? '',
  };
}

function ofSample(sample: GeoKnown): Record<string, unknown> {
  const { geo } = sample;
  return {
    ...emptySummary(geo.accession),
    title: sample.title,
    summary: geo.channels.map((channel) => channel.sourceName).join('; '),
    gpl: geo.platform.slice(3),
    gse: geo.series.map((series) => series.slice(3)).join(';'),
    taxon: distinct(geo.channels.map((channel) => channel.organism)).join('; '),
    pdat: geo.dates.released.replaceAll('-', '/'),
    suppfile: suffixes(geo.supplementary.map((file) => file.name)),
    extrelations: sample.experiments.map((experiment) => sraRelation(experiment.accession, 'ByExp')),
    ftplink:
      geo.supplementary.length === 0
        ? ''
        : `ftp://ftp.ncbi.nlm.nih.gov/geo/samples/${stub(geo.accession)}/${geo.accession}/`,
  };
}

function ofPlatform(platform: WorldPlatform, index: WorldIndex): Record<string, unknown> {
  return {
    ...emptySummary(platform.accession),
    title: platform.title,
    gpl: platform.accession.slice(3),
    taxon: platform.organism,
    ptechtype: platform.technology,
    pdat: platform.dates.released.replaceAll('-', '/'),
    n_samples: index.geoSamplesOf.get(platform.accession)?.length ?? 0,
  };
}

function sraRelation(accession: string, folder: 'ByStudy' | 'ByExp'): Record<string, string> {
  const path = `${folder}/sra/${accession.slice(0, 3)}/${accession.slice(0, 6)}/${accession}`;
  return {
    relationtype: 'SRA',
    targetobject: accession,
    targetftplink: `ftp://ftp-trace.ncbi.nlm.nih.gov/sra/sra-instant/reads/${path}/`,
  };
}

/** File types as GEO shows them: `TAR, TXT`. */
function suffixes(names: readonly string[]): string {
  return distinct(names.map(fileType)).join(', ');
}

/** GEO's name of a file's type: the last suffix before `.gz`, in capitals. */
export function fileType(name: string): string {
  return name.replace(/\.gz$/, '').replace(/^.*\./, '').toUpperCase();
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
