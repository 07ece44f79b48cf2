import type { GeoChannel, GeoPlatform, GeoSample, GeoSeries } from './geo-record.ts';

/** The lines of one entity of SOFT text: `^KIND = accession`, then keys without their prefix, values in file order. */
export interface SoftBlock {
  readonly kind: string;
  readonly accession: string;
  readonly attributes: Map<string, string[]>;
}

/** Keys that became fields of `GeoSample`, besides channels, relations and supplementary files. */
const SAMPLE_FIELDS: ReadonlySet<string> = new Set([
  'title',
  'geo_accession',
  'status',
  'type',
  'channel_count',
  'description',
  'data_processing',
  'platform_id',
  'series_id',
  'instrument_model',
  'library_strategy',
  'library_source',
  'library_selection',
]);

/** Names of GEO's first years (2001 to 2003, `^SAMPLE=GSM645`) and what they are called since. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  organism: 'organism_ch1',
  target_source: 'source_name_ch1',
  target_source1: 'source_name_ch1',
  target_source2: 'source_name_ch2',
};

const PROTOCOLS = ['treatment_protocol', 'growth_protocol', 'extract_protocol', 'label_protocol'] as const;

/** Makes a sample of its lines. */
export function sampleOf(block: SoftBlock): GeoSample {
  const attributes = withTodaysNames(block.attributes);
  const relations = list(attributes, 'relation');
  return {
    accession: block.accession,
    title: first(attributes, 'title'),
    status: first(attributes, 'status'),
    type: first(attributes, 'type'),
    channels: channelsOf(attributes),
    description: list(attributes, 'description'),
    dataProcessing: list(attributes, 'data_processing'),
    platforms: accessions(attributes, 'platform_id'),
    series: accessions(attributes, 'series_id'),
    instrument: first(attributes, 'instrument_model'),
    strategy: first(attributes, 'library_strategy'),
    librarySource: first(attributes, 'library_source'),
    selection: first(attributes, 'library_selection'),
    biosample: related(relations, 'BioSample', /SAM(?:[ND]|EA?)\d+/)[0] ?? null,
    experiments: related(relations, 'SRA', /[SED]RX\d+/),
    otherRelations: [
      ...related(relations, 'Reanalyzed by', /G(?:SM|SE)\d+/),
      ...related(relations, 'Reanalysis of', /G(?:SM|SE)\d+/),
      ...related(relations, 'Alternative to', /G(?:SM|SE)\d+/),
    ],
    supplementaryFiles: supplementaryFiles(attributes),
    texts: otherTexts(attributes),
  };
}

/** Makes a series of its lines. */
export function seriesOf(block: SoftBlock): GeoSeries {
  const attributes = block.attributes;
  const relations = list(attributes, 'relation');
  return {
    accession: block.accession,
    title: first(attributes, 'title'),
    status: first(attributes, 'status'),
    summary: list(attributes, 'summary'),
    overallDesign: list(attributes, 'overall_design'),
    types: list(attributes, 'type'),
    pubmedIds: accessions(attributes, 'pubmed_id'),
    samples: accessions(attributes, 'sample_id'),
    platforms: accessions(attributes, 'platform_id'),
    subSeries: related(relations, 'SuperSeries of', /GSE\d+/),
    superSeries: related(relations, 'SubSeries of', /GSE\d+/),
    bioproject: bioprojectOf(relations),
    studies: related(relations, 'SRA', /[SED]RP\d+/),
    supplementaryFiles: supplementaryFiles(attributes),
  };
}

/** Makes a platform of its lines. */
export function platformOf(block: SoftBlock): GeoPlatform {
  return {
    accession: block.accession,
    title: first(block.attributes, 'title'),
    status: first(block.attributes, 'status'),
    technology: first(block.attributes, 'technology'),
    organisms: list(block.attributes, 'organism'),
  };
}

/** GEO's own host speaks HTTPS under the same paths; every other address stays as the submitter gave it. */
export function httpsAddress(address: string): string {
  return address.replace(/^ftp:\/\/ftp\.ncbi\.nlm\.nih\.gov\//i, 'https://ftp.ncbi.nlm.nih.gov/');
}

type Attributes = ReadonlyMap<string, readonly string[]>;

function list(attributes: Attributes, key: string): readonly string[] {
  return attributes.get(key) ?? [];
}

function first(attributes: Attributes, key: string): string | null {
  return attributes.get(key)?.[0] ?? null;
}

/** A list of names: without the empty ones, each once. */
function accessions(attributes: Attributes, key: string): readonly string[] {
  return [...new Set(list(attributes, key).filter((value) => value !== ''))];
}

/** What the relations of one kind name: `SRA: https://www.ncbi.nlm.nih.gov/sra?term=SRX384345` → `SRX384345`. */
function related(relations: readonly string[], kind: string, name: RegExp): readonly string[] {
  const found = relations
    .filter((relation) => relation.startsWith(`${kind}:`))
    .map((relation) => name.exec(relation)?.[0])
    .filter((value) => value !== undefined);
  return [...new Set(found)];
}

/**
 * The BioProject of a series. Before 2013 GEO linked it by its Entrez UID (`…/bioproject/107109`), which for projects that
 * NCBI itself issued is the number of the accession (10 of 10 recorded BioProject records: `PRJNA16`, id 16).
 */
function bioprojectOf(relations: readonly string[]): string | null {
  const named = related(relations, 'BioProject', /PRJ[A-Z]{2}\d+/)[0];
  if (named !== undefined) return named;
  const uid = related(relations, 'BioProject', /(?<=\/bioproject\/)[1-9]\d*(?=\/?$)/)[0];
  return uid === undefined ? null : `PRJNA${uid}`;
}

function withTodaysNames(attributes: Attributes): Attributes {
  const renamed = new Map<string, readonly string[]>();
  for (const [key, values] of attributes) {
    const name = OLD_NAMES[key] ?? key;
    renamed.set(name, [...(renamed.get(name) ?? []), ...values]);
  }
  return renamed;
}

function channelsOf(attributes: Attributes): readonly GeoChannel[] {
  const numbers = new Set<number>();
  for (const key of attributes.keys()) {
    const channel = /_ch(\d+)$/.exec(key);
    if (channel !== null) numbers.add(Number(channel[1]));
  }
  return [...numbers].sort((a, b) => a - b).map((number) => channelOf(attributes, number));
}

function channelOf(attributes: Attributes, number: number): GeoChannel {
  const protocols: Record<string, readonly string[]> = {};
  for (const protocol of PROTOCOLS) {
    const lines = attributes.get(`${protocol}_ch${number}`);
    if (lines !== undefined) protocols[protocol] = lines;
  }
  return {
    number,
    source: first(attributes, `source_name_ch${number}`),
    organisms: accessions(attributes, `organism_ch${number}`),
    taxonIds: accessions(attributes, `taxid_ch${number}`).map(Number).filter(Number.isSafeInteger),
    characteristics: list(attributes, `characteristics_ch${number}`).map(characteristic),
    molecule: first(attributes, `molecule_ch${number}`),
    label: first(attributes, `label_ch${number}`),
    protocols,
  };
}

/** Splits at the first ": ": `tissue: liver`; a colon at the very end leaves the value empty. */
function characteristic(line: string): { readonly tag: string | null; readonly value: string } {
  const split = /^(.*?):(?: (.*)|$)/s.exec(line);
  if (split === null || split[1] === '') return { tag: null, value: line };
  return { tag: split[1]?.trim() ?? null, value: split[2]?.trim() ?? '' };
}

function supplementaryFiles(attributes: Attributes): readonly string[] {
  const files: string[] = [];
  for (const [key, values] of attributes) {
    if (!/^supplementary_file(?:_\d+)?$/.test(key)) continue;
    files.push(...values.filter((value) => value !== '' && value.toUpperCase() !== 'NONE').map(httpsAddress));
  }
  return [...new Set(files)];
}

/** Everything that no field took, relations of unknown kinds included; contacts (`contact_*`, once `submitter_*`) left out. */
function otherTexts(attributes: Attributes): Readonly<Record<string, readonly string[]>> {
  const texts: Record<string, readonly string[]> = {};
  for (const [key, values] of attributes) {
    if (SAMPLE_FIELDS.has(key) || /^(?:contact|submitter)_/.test(key) || isChannelField(key)) continue;
    if (/^supplementary_file(?:_\d+)?$/.test(key)) continue;
    const kept = key === 'relation' ? values.filter((value) => !/^(?:BioSample|SRA):/.test(value)) : values;
    if (kept.length > 0) texts[key] = kept;
  }
  return texts;
}

/** True for keys of a channel that `GeoChannel` has a place for; others (`biomaterial_provider_ch1`) stay texts. */
function isChannelField(key: string): boolean {
  return /^(?:source_name|organism|taxid|characteristics|molecule|label|(?:treatment|growth|extract|label)_protocol)_ch\d+$/.test(
    key,
  );
}
