import { describe, expect, it } from 'vitest';
import { HAS_RECORDINGS } from '../handlers/recordings.ts';
import { checkGeoSample, checkGeoText, checkSeries } from './check-geo.ts';
import { compareColumns } from './check-libraries.ts';
import { expectedSeriesLinks, summaryOf } from './expected-geo.ts';
import { runsOf } from './expected-library.ts';
import { type Ledger, openLedger } from './ledger.ts';
import type { PlainSoft } from './plain-soft.ts';
import { softValues } from './plain-soft.ts';
import { type Played, play } from './play.ts';
import { playInPieces, playRecordings } from './playing.ts';
import { isCut } from './sources.ts';

const playing = playRecordings();

/** Series of which the samples were recorded, in a family file or by acc.cgi. */
function recordedSeries(): string[] {
  const { families, samplesOf, geo } = playing.sources;
  return [...families.keys(), ...samplesOf.keys()].filter((id) => id.startsWith('GSE') && geo.has(id));
}

function samplesIn(series: string): PlainSoft[] {
  const { familyRecords, samplesOf } = playing.sources;
  return [...(familyRecords.get(series) ?? samplesOf.get(series) ?? [])].filter((one) => one.kind === 'SAMPLE');
}

function summarySamples(series: string): string[] {
  const samples = (summaryOf(series, playing.sources)?.samples ?? []) as { accession: string }[];
  return samples.map((one) => one.accession);
}

function subSeriesOf(record: PlainSoft): string[] {
  return [...expectedSeriesLinks(record)].flatMap((link) => (link.startsWith('subseries ') ? [link.slice(10)] : []));
}

/** A sample that only GEO has, or GEO's text of one that has runs too. */
function checkSample(record: PlainSoft, played: Played, superSeries: ReadonlySet<string>, ledger: Ledger): void {
  const sample = played.samples.get(record.accession);
  const library = playing.libraries.get(record.accession);
  if (library === undefined) checkGeoSample(record, played, superSeries, ledger);
  else if (sample !== undefined) {
    checkGeoText(record, sample, ledger);
    const runs = runsOf(library).map((run) => run.accession);
    ledger.same('runs of sequenced samples', record.accession, sample.children, runs.join(',') || null);
  } else ledger.holds('GEO samples', record.accession, false, 'is not in the samples table');
}

describe.skipIf(!HAS_RECORDINGS)('GEO as recorded (skipped without the folder of recordings)', () => {
  it('every series: its columns, relations, files, and every line of its samples', async ({ skip }) => {
    if (recordedSeries().length === 0) skip('no series was recorded with its samples');
    const ledger = openLedger();
    for (const id of recordedSeries()) {
      const record = playing.sources.geo.get(id) as PlainSoft;
      const samples = samplesIn(id);
      const played = await play([id], playing.playback);
      const row = played.outcomes.get(id);
      if (isCut(samples)) {
        const isRefused = row?.outcome === 'bad_response' || row?.outcome === 'partial';
        ledger.holds('cut answers refused', id, isRefused, `is ${row?.outcome}`);
        continue;
      }
      const subSeries = subSeriesOf(record);
      const present = new Set(samples.map((one) => one.accession));
      const isWhole =
        [...softValues(record, 'sample_id'), ...summarySamples(id)].every((sample) => present.has(sample)) &&
        subSeries.every((sub) => recordedSeries().includes(sub));
      ledger.same('series answered', id, row?.outcome, isWhole ? 'added' : 'partial');
      // Of a SuperSeries the samples come with its SubSeries.
      const members = subSeries.length > 0 ? softValues(record, 'sample_id') : [...present];
      checkSeries(record, members, played, playing.sources, ledger);
      const superSeries = new Set([...expectedSeriesLinks(record)].map((link) => link.replace('superseries ', '')));
      if (subSeries.length === 0) for (const sample of samples) checkSample(sample, played, superSeries, ledger);
    }
    ledger.close(`GEO series (${recordedSeries().length})`);
  });

  it('a SuperSeries brings the samples of its SubSeries', async () => {
    const ledger = openLedger();
    const ids = recordedSeries().filter((id) => subSeriesOf(playing.sources.geo.get(id) as PlainSoft).length > 0);
    for (const id of ids) {
      const played = await play([id], playing.playback);
      for (const sub of subSeriesOf(playing.sources.geo.get(id) as PlainSoft).filter((one) =>
        recordedSeries().includes(one),
      )) {
        for (const sample of samplesIn(sub)) checkSample(sample, played, new Set([id]), ledger);
        ledger.holds('SubSeries', sub, played.projects.has(sub), 'is not in the projects table');
      }
    }
    if ((ledger.counts.SubSeries ?? 0) > 0) ledger.close(`SuperSeries (${ids.length})`);
  });

  it('every sample whose text was recorded, asked by its GSM', async () => {
    const records = [...playing.sources.geo.values()].filter((one) => one.kind === 'SAMPLE');
    const ids = records.map((one) => one.accession);
    const ledger = openLedger();
    for (const played of await playInPieces(ids, playing.playback)) {
      for (const [id, row] of played.outcomes) {
        const record = playing.sources.geo.get(id) as PlainSoft;
        if (playing.sequenced.has(id)) ledger.holds('sequenced samples', id, row.outcome === 'added', row.outcome);
        else {
          ledger.same('samples without runs', id, row.outcome, 'no_runs');
          checkGeoSample(record, played, new Set(), ledger);
        }
      }
    }
    if (ids.length > 0) ledger.close(`GEO samples by GSM (${ids.length})`);
  });

  it('with --full the text of a sequenced sample is there too', async () => {
    const ids = [...playing.sources.geo.keys()].filter((id) => playing.sequenced.has(id));
    const ledger = openLedger();
    for (const played of await playInPieces(ids, playing.playback, { full: true })) {
      for (const [id, sample] of played.samples) checkGeoText(playing.sources.geo.get(id) as PlainSoft, sample, ledger);
    }
    if (ids.length > 0) ledger.close(`GEO text of sequenced samples (${ids.length})`, ['GEO text columns']);
    else expect(ledger.counts).toEqual({});
  });

  it('every document summary of a series: title, summary, type, date, publications, relations', async () => {
    const summaries = [...playing.sources.summaries.values()].filter((one) => one.entrytype === 'GSE');
    const ledger = openLedger();
    for (const summary of summaries) {
      const id = String(summary.accession);
      const played = await play([id], playing.playback);
      const project = played.projects.get(id) ?? {};
      // Text or packages of the series may hold other samples than its summary lists.
      const packages = [...playing.sources.packages.values()];
      const isTold = playing.sources.geo.has(id) || packages.some((found) => found.study?.gse === id);
      const samples = (summary.samples as { accession: string }[]).map((one) => one.accession);
      compareColumns(
        id,
        project,
        {
          title: summary.title,
          summary: summary.summary,
          organism: summary.taxon,
          type: summary.gdstype,
          date: String(summary.pdat).replaceAll('/', '-'),
          publications: summary.pubmedids,
          ...(isTold ? {} : { children: samples.toSorted().join(',') }),
        },
        'summary facts',
        ledger,
      );
      const links = new Set(played.links.filter((link) => link.key === id).map((link) => `${link.kind} ${link.alias}`));
      const sra = (summary.extrelations as { targetobject: string }[]).map((one) => `study ${one.targetobject}`);
      const platforms = String(summary.gpl)
        .split(';')
        .filter(Boolean)
        .map((number) => `platform GPL${number}`);
      const project_ = summary.bioproject ? [`bioproject ${summary.bioproject}`] : [];
      for (const link of [...sra, ...platforms, ...project_])
        ledger.holds('summary relations', id, links.has(link), `lacks the link ${link}`);
    }
    if (summaries.length > 0) ledger.close(`document summaries of series (${summaries.length})`, ['summary facts']);
  });

  it('every platform record: title and organism', async () => {
    const records = [...playing.sources.geo.values()].filter((one) => one.kind === 'PLATFORM');
    const ledger = openLedger();
    for (const played of await playInPieces(
      records.map((one) => one.accession),
      playing.playback,
    )) {
      for (const id of played.outcomes.keys()) {
        const record = playing.sources.geo.get(id) as PlainSoft;
        const summary = summaryOf(id, playing.sources);
        const organism = summary?.taxon ?? (softValues(record, 'organism').join('; ') || null);
        const facts = { title: summary?.title ?? softValues(record, 'title')[0] ?? null, organism };
        compareColumns(id, played.projects.get(id) ?? {}, facts, 'platform facts', ledger);
      }
    }
    if (records.length > 0) ledger.close(`platforms (${records.length})`);
  });
});
