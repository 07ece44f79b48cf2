import { type Answer, escapeText, notFoundPage } from './answer.ts';
import { fileType, stub } from './gds-summary.ts';
import { DATABASE_SOFT, geoDate, platformSoft, sampleSoft, seriesSoft } from './soft.ts';
import type { Withheld, WorldFile, WorldSeries } from './world.ts';
import type { GeoKnown, WorldIndex } from './world-index.ts';

/** What may be taken out of an answer: accessions that the server is made to forget for one request. */
export type Hidden = ReadonlySet<string>;

/** Answers `/geo/query/acc.cgi`: SOFT, or a page of HTML with status 200 when there is nothing to show. */
export function answerAccession(parameters: URLSearchParams, index: WorldIndex, hidden: Hidden): Answer {
  const accession = (parameters.get('acc') ?? '').toUpperCase();
  const refusal = refusalOf(accession, index, hidden);
  if (refusal !== undefined) return geoPage(refusal);
  // Without `form=text` GEO shows its page for people.
  if (parameters.get('form') !== 'text') return geoPage(`Accession display of ${accession}`);
  const records = softOf(accession, parameters.get('targ') ?? 'self', index, hidden);
  return { status: 200, type: 'geo/text', head: '', records: withCarriageReturns(records) };
}

/** Answers the file tree below `/geo/series/`: the family file and the list of files in the archive of a series. */
export function answerSeriesFile(path: string, index: WorldIndex, hidden: Hidden): Answer {
  const [, folder, accession, rest] = /^\/geo\/series\/([^/]+)\/(GSE\d+)\/(.+)$/.exec(path) ?? [];
  const series = index.series.get(accession ?? '');
  if (series === undefined || folder !== stub(series.accession) || series.withheld !== undefined)
    return notFoundPage(path);
  if (hidden.has(series.accession)) return notFoundPage(path);
  if (rest === `soft/${series.accession}_family.soft.gz`) {
    return {
      status: 200,
      type: 'application/x-gzip',
      gzip: true,
      head: DATABASE_SOFT,
      records: familySoft(series, index, hidden),
    };
  }
  const hasArchive = series.supplementary.some((file) => file.name.endsWith('_RAW.tar'));
  if (rest === 'suppl/filelist.txt' && hasArchive) {
    const members = publicSamples(series.accession, index, hidden);
    return { status: 200, type: 'text/plain', head: fileList(series, members) };
  }
  return notFoundPage(path);
}

function* familySoft(series: WorldSeries, index: WorldIndex, hidden: Hidden): Generator<string> {
  const samples = publicSamples(series.accession, index, hidden);
  yield seriesSoft(series, index);
  for (const platform of new Set(samples.map((sample) => sample.geo.platform))) {
    const known = index.platforms.get(platform);
    if (known !== undefined) yield platformSoft(known);
  }
  for (const sample of samples) yield sampleSoft(sample, { table: true });
}

function* softOf(accession: string, target: string, index: WorldIndex, hidden: Hidden): Generator<string> {
  const series = index.series.get(accession);
  const samples = publicSamples(accession, index, hidden);
  const self = target === 'self' || target === 'all';
  if (self) yield* selfSoft(accession, index);
  if (series !== undefined && (target === 'gsm' || target === 'all')) {
    for (const sample of samples) yield sampleSoft(sample, { table: false });
  }
  if (series !== undefined && (target === 'gpl' || target === 'all')) {
    for (const platform of new Set(samples.map((sample) => sample.geo.platform))) yield* selfSoft(platform, index);
  }
}

function* selfSoft(accession: string, index: WorldIndex): Generator<string> {
  const series = index.series.get(accession);
  if (series !== undefined) yield seriesSoft(series, index);
  const sample = index.geoSamples.get(accession);
  if (sample !== undefined) yield sampleSoft(sample, { table: false });
  const platform = index.platforms.get(accession);
  if (platform !== undefined) yield platformSoft(platform);
}

function publicSamples(series: string, index: WorldIndex, hidden: Hidden): readonly GeoKnown[] {
  const samples = index.geoSamplesOf.get(series) ?? [];
  return samples.filter((sample) => sample.geo.withheld === undefined && !hidden.has(sample.geo.accession));
}

/** The sentence with which GEO refuses an accession; undefined when it shows it. */
function refusalOf(accession: string, index: WorldIndex, hidden: Hidden): string | undefined {
  const sample = index.geoSamples.get(accession);
  const series = index.series.get(accession);
  const known = sample !== undefined || series !== undefined || index.platforms.has(accession);
  if (!known || hidden.has(accession)) return `Could not find a public or private accession "${accession}"`;
  return withheldSentence(accession, sample?.geo.withheld ?? series?.withheld);
}

function withheldSentence(accession: string, withheld: Withheld | undefined): string | undefined {
  if (withheld === undefined) return undefined;
  if (withheld.kind === 'private') {
    const day = geoDate(withheld.until).replace(/ (\d{4})$/, ', $1');
    return `Accession "${accession}" is currently private and is scheduled to be released on ${day}.`;
  }
  if (withheld.kind === 'withdrawn') {
    const day = geoDate(withheld.on).replace(/ (\d{4})$/, ', $1');
    return `GEO accession "${accession}" was deleted by the GEO staff on ${day}.`;
  }
  return `Accession "${accession}" is not yet approved by GEO curators.`;
}

function geoPage(sentence: string): Answer {
  return {
    status: 200,
    type: 'text/html; charset=UTF-8',
    head: `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n<HTML>\n<HEAD><TITLE>GEO Accession viewer</TITLE></HEAD>\n<BODY>\n<TABLE><TR><TD>${escapeText(sentence)}</TD></TR></TABLE>\n</BODY>\n</HTML>\n`,
  };
}

/** Lines of `acc.cgi` end with CR LF; those of the files do not. */
function* withCarriageReturns(records: Iterable<string>): Generator<string> {
  for (const record of records) yield record.replaceAll('\n', '\r\n');
}

/** The list of files beside a `RAW.tar`: the archive, then its members, which are the files of the samples. */
function fileList(series: WorldSeries, samples: readonly GeoKnown[]): string {
  const [year, month, day] = series.dates.released.split('-');
  const time = `${month}/${day}/${year} 08:46:34`;
  const archive = series.supplementary.filter((file) => file.name.endsWith('_RAW.tar'));
  const members = samples.flatMap((sample) => sample.geo.supplementary);
  const row = (kind: string, file: WorldFile, type: string) =>
    `${kind}\t${file.name}\t${time}\t${file.bytes}\t${type}\n`;
  return [
    '#Archive/File\tName\tTime\tSize\tType\n',
    ...archive.map((file) => row('Archive', file, 'TAR')),
    ...members.map((file) => row('File', file, fileType(file.name))),
  ].join('');
}
