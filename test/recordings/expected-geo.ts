import { byNumber } from './expected-library.ts';
import { listsOf } from './plain-package.ts';
import { characteristic, type PlainSoft, softPairs, softValues } from './plain-soft.ts';
import type { Sources, Summary } from './sources.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Keys that have columns or rows of their own, so that `geo_protocols` does not repeat them. */
const OWN_PLACE =
  /^(?:title|geo_accession|status|channel_count|data_processing|platform_id|series_id|instrument_model|library_strategy|library_source|library_selection|supplementary_file(?:_\d+)?|(?:organism|taxid|characteristics)_ch\d+|(?:contact|submitter)_.*)$/;

/** Lines of one key joined; an empty line between two paragraphs stays. */
function lines(record: PlainSoft, key: string): string | null {
  const values = softPairs(record).flatMap(([name, value]) => (name === key ? [value] : []));
  return values.length === 0 ? null : values.join('\n');
}

function one(record: PlainSoft, key: string): string | null {
  return softValues(record, key)[0] ?? null;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function related(record: PlainSoft, kind: string, form: RegExp): string[] {
  const relations = softValues(record, 'relation').filter((relation) => relation.startsWith(`${kind}:`));
  return distinct(relations.flatMap((relation) => form.exec(relation)?.[0] ?? []));
}

/** "Public on Aug 24 2020" as a day. */
function publicDay(status: string | null): string | null {
  const [, month = '', day = '', year] = /^Public on (\w{3}) (\d+),? (\d{4})$/.exec(status ?? '') ?? [];
  if (year === undefined) return null;
  return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** GEO's own characteristics of every channel, in order. */
export function expectedCharacteristics(record: PlainSoft): unknown {
  return listsOf(characteristics(record));
}

function characteristics(record: PlainSoft): [string, string][] {
  const channels = distinct(softPairs(record).flatMap(([key]) => /_(ch\d+)$/.exec(key)?.[1] ?? [])).sort();
  return channels.flatMap((channel) => softValues(record, `characteristics_${channel}`).map(characteristic));
}

/** The columns of GEO's own text: with a series, a sample that only GEO has, and `--full`. */
export function expectedGeoText(record: PlainSoft): Record<string, unknown> {
  const texts = softPairs(record).filter(
    ([key, value]) => !OWN_PLACE.test(key) && !(key === 'relation' && /^(?:BioSample|SRA):/.test(value)),
  );
  return {
    geo_characteristics: expectedCharacteristics(record),
    geo_data_processing: lines(record, 'data_processing'),
    geo_protocols: sorted(listsOf(texts)),
  };
}

/** The object with its names in order, since protocols are grouped by channel in the record. */
export function sorted(object: unknown): unknown {
  if (typeof object !== 'object' || object === null) return null;
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The columns of a sample that only GEO has. */
export function expectedGeoSample(record: PlainSoft, superSeries: ReadonlySet<string>): Record<string, unknown> {
  const channels = distinct(softPairs(record).flatMap(([key]) => /_(ch\d+)$/.exec(key)?.[1] ?? [])).sort();
  const sources = channels.flatMap((channel) => softValues(record, `source_name_${channel}`).slice(0, 1));
  const organisms = distinct(channels.flatMap((channel) => softValues(record, `organism_${channel}`)));
  const taxa = distinct(softValues(record, `taxid_${channels[0]}`));
  const first = distinct(softValues(record, `organism_${channels[0]}`));
  const series = distinct(softValues(record, 'series_id')).sort(byNumber);
  return {
    title: one(record, 'title'),
    organism: organisms.length === 0 ? null : organisms.join(', '),
    species: taxa.length === 1 && first.length === 1 ? first[0] : null,
    taxon_id: taxa.length === 1 ? Number(taxa[0]) : null,
    description: lines(record, 'description'),
    attributes: listsOf([
      ...sources.map((source): [string, string] => ['source_name', source]),
      ...characteristics(record),
    ]),
    library_strategy: one(record, 'library_strategy'),
    library_source: one(record, 'library_source'),
    library_selection: one(record, 'library_selection'),
    platform: null,
    instrument: one(record, 'instrument_model'),
    parent: series.find((name) => !superSeries.has(name)) ?? series[0] ?? null,
    children: null,
    date: publicDay(one(record, 'status')),
    source: 'GEO',
    access: one(record, 'status')?.startsWith('Public on') ? 'public' : null,
    url: `https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=${record.accession}`,
  };
}

/** The names that GEO's text of a sample relates it to, as `<kind> <alias>`. */
export function expectedGeoLinks(record: PlainSoft): Set<string> {
  const links = [
    ...related(record, 'SRA', /[SED]RX\d+/).map((name) => `experiment ${name}`),
    ...related(record, 'BioSample', /SAM(?:[ND]|EA?)\d+/).map((name) => `biosample ${name}`),
    ...softValues(record, 'series_id').map((name) => `series ${name}`),
    ...softValues(record, 'platform_id').map((name) => `platform ${name}`),
    ...['Reanalyzed by', 'Reanalysis of', 'Alternative to'].flatMap((kind) =>
      related(record, kind, /G(?:SM|SE)\d+/).map((name) => `reanalysis ${name}`),
    ),
  ];
  return new Set(links);
}

/** Addresses of the supplementary files that a record lists, GEO's own host by HTTPS. */
export function expectedSupplements(record: PlainSoft): string[] {
  const values = softPairs(record).flatMap(([key, value]) =>
    /^supplementary_file(?:_\d+)?$/.test(key) ? [value] : [],
  );
  return distinct(values)
    .filter((value) => value !== '' && value !== 'NONE')
    .map((value) => value.replace(/^ftp:\/\/ftp\.ncbi\.nlm\.nih\.gov\//, 'https://ftp.ncbi.nlm.nih.gov/'));
}

/** The document summary of a GEO record, when one was recorded. */
export function summaryOf(accession: string, sources: Sources): Summary | null {
  return [...sources.summaries.values()].find((summary) => summary.accession === accession) ?? null;
}

/** The names that a document summary relates its record to. */
export function summaryLinks(accession: string, sources: Sources): string[] {
  const summary = summaryOf(accession, sources);
  if (summary === null) return [];
  const relations = [...((summary.relations ?? []) as object[]), ...((summary.extrelations ?? []) as object[])];
  const kinds: Record<string, string> = { SRA: 'study', 'SUPERSERIES OF': 'subseries', 'SUBSERIES OF': 'superseries' };
  return [
    ...relations
      .map((one) => one as { relationtype: string; targetobject: string })
      .flatMap((one) => {
        const kind = kinds[one.relationtype.toUpperCase()];
        return kind === undefined ? [] : [`${kind} ${one.targetobject}`];
      }),
    ...String(summary.gpl ?? '')
      .split(';')
      .filter(Boolean)
      .map((number) => `platform GPL${number}`),
    ...(summary.bioproject ? [`bioproject ${summary.bioproject}`] : []),
  ];
}

/** The columns of a series: its document summary first, then its text. */
export function expectedSeries(
  record: PlainSoft,
  members: readonly string[],
  sources: Sources,
): Record<string, unknown> {
  const summary = summaryOf(record.accession, sources);
  const text = (name: string): string | null =>
    typeof summary?.[name] === 'string' && summary[name] !== '' ? String(summary[name]) : null;
  const pubmed = ((summary?.pubmedids ?? []) as unknown[]).map(String);
  const own = distinct(softValues(record, 'pubmed_id'));
  const types = softValues(record, 'type');
  const parents = related(record, 'SubSeries of', /GSE\d+/).sort(byNumber);
  return {
    title: text('title') ?? one(record, 'title'),
    summary: text('summary') ?? lines(record, 'summary'),
    organism: text('taxon'),
    type: text('gdstype') ?? (types.length === 0 ? null : distinct(types).join('; ')),
    overall_design: lines(record, 'overall_design'),
    publications: pubmed.length > 0 ? pubmed : own.length > 0 ? own : null,
    date: text('pdat')?.replaceAll('/', '-') ?? publicDay(one(record, 'status')),
    parent: parents[0] ?? null,
    // A text that lacks samples which it lists tells no whole list.
    children: softValues(record, 'sample_id').some((id) => !members.includes(id))
      ? null
      : [...members].sort().join(','),
    source: 'GEO',
    url: `https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=${record.accession}`,
  };
}

/** The names that GEO's text of a series relates it to. A BioProject by its UID is the PRJNA of that number. */
export function expectedSeriesLinks(record: PlainSoft): Set<string> {
  const byUid = related(record, 'BioProject', /(?<=\/)\d+(?=\/?$)/)[0];
  const project =
    related(record, 'BioProject', /PRJ[A-Z]{2}\d+/)[0] ?? (byUid === undefined ? undefined : `PRJNA${byUid}`);
  return new Set([
    ...(project === undefined ? [] : [`bioproject ${project}`]),
    ...related(record, 'SRA', /[SED]RP\d+/).map((name) => `study ${name}`),
    ...related(record, 'SuperSeries of', /GSE\d+/).map((name) => `subseries ${name}`),
    ...related(record, 'SubSeries of', /GSE\d+/).map((name) => `superseries ${name}`),
    ...softValues(record, 'platform_id').map((name) => `platform ${name}`),
  ]);
}
