import { stub } from './gds-summary.ts';
import type { WorldDates, WorldPlatform, WorldSeries } from './world.ts';
import type { GeoKnown, WorldIndex } from './world-index.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const FILES = 'ftp://ftp.ncbi.nlm.nih.gov/geo';
const NCBI = 'https://www.ncbi.nlm.nih.gov';
const CONTACT: readonly (readonly [string, string])[] = [
  ['contact_name', 'Ada,,Example'],
  ['contact_email', 'ada@example.org'],
  ['contact_institute', 'Invented Institute'],
  ['contact_city', 'Nowhere'],
  ['contact_country', 'Switzerland'],
];

/** A date as GEO writes it: `Jun 02 2025`. */
export function geoDate(date: string): string {
  const [year, month, day] = date.split('-');
  return `${MONTHS[Number(month) - 1] ?? 'Jan'} ${day} ${year}`;
}

/** Head of a family file. */
export const DATABASE_SOFT = [
  '^DATABASE = GeoMiame',
  '!Database_name = Gene Expression Omnibus (GEO)',
  '!Database_institute = NCBI NLM NIH',
  '!Database_web_link = http://www.ncbi.nlm.nih.gov/geo',
  '!Database_email = geo@ncbi.nlm.nih.gov',
  '',
].join('\n');

/** Renders a series as SOFT, each line with its line end. */
export function seriesSoft(series: WorldSeries, index: WorldIndex): string {
  const samples = (index.geoSamplesOf.get(series.accession) ?? []).filter((one) => one.geo.withheld === undefined);
  const platforms = [...new Set(samples.map((one) => one.geo.platform))];
  const taxa = [...new Set(samples.map((one) => one.taxonId))];
  return entity('SERIES', 'Series', series.accession, [
    ['title', series.title],
    ['geo_accession', series.accession],
    ...datesOf(series.dates),
    ...each('pubmed_id', series.pubmedIds),
    ...each('summary', series.summary),
    ...each('overall_design', series.overallDesign),
    ...each('type', series.types),
    ['contributor', 'Ada,,Example'],
    ...each(
      'sample_id',
      samples.map((one) => one.geo.accession),
    ),
    ...CONTACT,
    ...each('supplementary_file', seriesFiles(series)),
    ...each('platform_id', platforms),
    ...each('platform_taxid', taxa.map(String)),
    ...each('sample_taxid', taxa.map(String)),
    ...each('relation', seriesRelations(series)),
  ]);
}

function seriesFiles({ accession, supplementary }: WorldSeries): string[] {
  if (supplementary.length === 0) return ['NONE'];
  return supplementary.map((file) => `${FILES}/series/${stub(accession)}/${accession}/suppl/${file.name}`);
}

function seriesRelations(series: WorldSeries): string[] {
  return [
    ...series.superSeries.map((one) => `SubSeries of: ${one}`),
    ...series.subSeries.map((one) => `SuperSeries of: ${one}`),
    ...(series.bioproject === undefined ? [] : [`BioProject: ${NCBI}/bioproject/${series.bioproject}`]),
    ...(series.study === undefined ? [] : [`SRA: ${NCBI}/sra?term=${series.study}`]),
  ];
}

/** Renders a platform as SOFT, without its probe table. */
export function platformSoft(platform: WorldPlatform): string {
  return entity('PLATFORM', 'Platform', platform.accession, [
    ['title', platform.title],
    ['geo_accession', platform.accession],
    ...datesOf(platform.dates),
    ['technology', platform.technology],
    ['distribution', 'virtual'],
    ['organism', platform.organism],
    ['taxid', String(platform.taxonId)],
    ['contact_name', ',,GEO'],
    ['contact_country', 'USA'],
    ['data_row_count', '0'],
  ]);
}

/** Renders a sample as SOFT; with `table`, its data table follows as in a family file. */
export function sampleSoft(sample: GeoKnown, options: { readonly table: boolean }): string {
  const { geo } = sample;
  const attributes = entity('SAMPLE', 'Sample', geo.accession, [
    ['title', sample.title],
    ['geo_accession', geo.accession],
    ...datesOf(geo.dates),
    ['type', geo.type],
    ['channel_count', String(geo.channels.length)],
    ...channelLines(sample),
    ...each('description', geo.description),
    ...each('data_processing', geo.dataProcessing),
    ['platform_id', geo.platform],
    ...CONTACT,
    ...libraryLines(sample),
    ...supplementaryLines(sample),
    ...each('series_id', geo.series),
    ['data_row_count', String(geo.dataRows)],
  ]);
  return options.table && geo.dataRows > 0 ? attributes + dataTable(geo.dataRows) : attributes;
}

function channelLines({ geo }: GeoKnown): [string, string][] {
  return geo.channels.flatMap((channel, position) => {
    const mark = `ch${position + 1}`;
    const optional = (name: string, value: string | undefined): [string, string][] =>
      value === undefined ? [] : [[`${name}_${mark}`, value]];
    return [
      [`source_name_${mark}`, channel.sourceName],
      [`organism_${mark}`, channel.organism],
      [`taxid_${mark}`, String(channel.taxonId)],
      ...each(`characteristics_${mark}`, channel.characteristics),
      ...optional('treatment_protocol', channel.treatmentProtocol),
      ...optional('growth_protocol', channel.growthProtocol),
      [`molecule_${mark}`, channel.molecule],
      ...each(`extract_protocol_${mark}`, channel.extractProtocol),
      ...optional('label', channel.label),
    ] as [string, string][];
  });
}

/** What only sequencing samples have. GEO writes the library source in lower case. */
function libraryLines(sample: GeoKnown): [string, string][] {
  const [first] = sample.experiments;
  const relations = [
    ...(sample.biosample === undefined ? [] : [`BioSample: ${NCBI}/biosample/${sample.biosample}`]),
    ...sample.experiments.map((experiment) => `SRA: ${NCBI}/sra?term=${experiment.accession}`),
  ];
  return [
    ...(first === undefined
      ? []
      : ([
          ['instrument_model', first.instrument],
          ['library_selection', first.selection],
          ['library_source', first.source.toLowerCase()],
          ['library_strategy', first.strategy],
        ] as [string, string][])),
    ...each('relation', relations),
  ];
}

/** GEO numbers the files of sequencing samples, and only those. */
function supplementaryLines({ geo }: GeoKnown): [string, string][] {
  const folder = `${FILES}/samples/${stub(geo.accession)}/${geo.accession}/suppl`;
  const values = geo.supplementary.length === 0 ? ['NONE'] : geo.supplementary.map((file) => `${folder}/${file.name}`);
  return values.map((value, at) => [geo.type === 'SRA' ? `supplementary_file_${at + 1}` : 'supplementary_file', value]);
}

/** A probe table; the numbers only have the form of intensities. */
function dataTable(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${1_000_001 + row}_at\t${(5 + (row % 90) / 10).toFixed(2)}`);
  const head = ['#ID_REF = ', '#VALUE = log2 intensity', '!sample_table_begin', 'ID_REF\tVALUE'];
  return `${[...head, ...lines, '!sample_table_end'].join('\n')}\n`;
}

function datesOf(dates: WorldDates): [string, string][] {
  return [
    ['status', `Public on ${geoDate(dates.released)}`],
    ['submission_date', geoDate(dates.submitted)],
    ['last_update_date', geoDate(dates.updated)],
  ];
}

function each(key: string, values: readonly string[]): [string, string][] {
  return values.map((value) => [key, value]);
}

function entity(
  mark: string,
  prefix: string,
  accession: string,
  lines: readonly (readonly [string, string])[],
): string {
  const text = lines.map(([key, value]) => `!${prefix}_${key} = ${value}\n`).join('');
  return `^${mark} = ${accession}\n${text}`;
}
