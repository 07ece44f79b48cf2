import type { CellineError, HandlerContext, HandlerEvent, HandlerOutcome } from '../../src/ports/handler.ts';
import {
  completeLibraries,
  type Library,
  type LibrarySet,
  lackOf,
  libraryOutcome,
  runsOfPackages,
} from '../compose/libraries.ts';
import { noteParent, outcomeWithShells, type Parents, parentOf, projectShells } from '../compose/project-shells.ts';
import { runsByAccession } from '../fetch/ena-runs.ts';
import { type GeoSummaryAnswer, geoSummaries } from '../fetch/geo-summaries.ts';
import { PACKAGES_PER_REQUEST, searchPackages } from '../fetch/packages.ts';
import { inPieces } from '../fetch/split-batch.ts';
import { withSeries } from '../library/with-series.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { absentSamples } from './absent-samples.ts';
import { linkedPackages } from './linked-packages.ts';
import { type SampleTexts, samplesOfSeries } from './sample-text.ts';

/** What one piece of a batch has come to. */
interface Piece {
  readonly libraries: LibrarySet;
  readonly summaries: GeoSummaryAnswer;
  /** GSM that SRA does not know. */
  readonly missing: readonly string[];
  /** GSM for which SRA was asked in vain. */
  readonly failed: ReadonlyMap<string, CellineError>;
  /** GSM whose text was wanted (`--full`) and GEO was asked for in vain. */
  readonly withoutText: ReadonlyMap<string, CellineError>;
}

/**
 * Samples by their GSM: SRA's packages by search (500 a request), their runs at ENA (one request a piece), GEO's document
 * summaries for series and platform, and for those that SRA does not know GEO's own text.
 */
export async function* fetchGeoSamples(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const cut = inPieces(ids, PACKAGES_PER_REQUEST);
  const pieces = cut.map((piece) => fetchPiece(piece, context));
  // The pieces run side by side; a failure of a later one must wait for its turn, not end the process.
  for (const piece of pieces) piece.catch(() => {});
  const parents: Parents = new Map();
  const outcomes: { readonly outcome: HandlerOutcome; readonly parent: string | null }[] = [];
  const absent: Pick<Piece, 'missing' | 'summaries' | 'failed'>[] = [];
  for (const [index, some] of cut.entries()) {
    const { libraries, summaries, missing, failed, withoutText } = (await pieces[index]) as Piece;
    // The samples of a piece are let go with it: only what the end of the batch needs is kept.
    delete pieces[index];
    absent.push({ missing, summaries, failed });
    // In the order asked: SRA's answers come newest first.
    for (const id of some.filter((one) => libraries.keys.has(one))) {
      const library = withSeriesOf(libraries.join(id), summaries);
      noteParent(parents, library);
      const lacks = library.lacks ?? lackOf(withoutText.get(id));
      outcomes.push({ outcome: libraryOutcome(id, [{ ...library, lacks }]), parent: parentOf(library) });
      yield { type: 'records', unit: library.unit, of: [id] };
    }
  }
  const shells = await projectShells(parents, 'geo', context);
  for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [] };
  for (const { outcome, parent } of outcomes) yield outcomeWithShells(outcome, [parent], shells);
  for (const { missing, summaries, failed } of absent) yield* absentSamples(missing, summaries, failed, context);
}

async function fetchPiece(ids: readonly string[], context: HandlerContext): Promise<Piece> {
  const asked = new Set(ids);
  const search = await searchPackages(ids, null, context);
  const packages = ownPackages(search.packages, asked);
  const enaAsked = new Set(runsOfPackages(packages));
  // What failed even alone would fail the next batch too, and take it apart: it is not asked again here.
  const searched = ids.filter((id) => !search.failed.has(id));
  // GEO and ENA are asked side by side: each takes as long as the other.
  const [[summaries, texts], ena] = await Promise.all([
    summariesAndText(searched, packages, context),
    runsByAccession([...enaAsked], context),
  ]);
  const found = new Set(packages.map((one) => one.gsm));
  const unfound = searched.filter((id) => !found.has(id));
  const linked = await linkedPackages(linkedExperiments(unfound, summaries), context);
  const failed = new Map([...search.failed, ...linked.failed]);
  const series = new Map([...summaries.summaries.values()].map((summary) => [summary.accession, summary.series]));
  const libraries = await completeLibraries(
    {
      packages: [...packages, ...linked.packages],
      rows: ena.rows,
      enaAsked,
      enaFailed: ena.failed,
      geo: texts?.samples ?? null,
      askedNcbi: true,
      ncbiFailed: failed,
      series,
    },
    'geo',
    context,
  );
  const missing = ids.filter((id) => !libraries.keys.has(id));
  return { libraries, summaries, missing, failed, withoutText: texts?.failed ?? new Map() };
}

/** An accession is searched in all fields, so that records which only mention it are found too: keep those that are it. */
function ownPackages(packages: readonly SraPackage[], asked: ReadonlySet<string>): SraPackage[] {
  const own = packages.filter((found) => found.gsm !== null && asked.has(found.gsm));
  return [...new Map(own.map((found) => [found.experiment, found])).values()];
}

async function summariesAndText(
  ids: readonly string[],
  packages: readonly SraPackage[],
  context: HandlerContext,
): Promise<[GeoSummaryAnswer, Pick<SampleTexts, 'samples' | 'failed'> | null]> {
  const summaries = await geoSummaries(ids, context);
  if (!context.full) return [summaries, null];
  const series = new Map(packages.map((found) => [found.gsm ?? '', found.study?.gse ?? null]));
  const wanted = ids.map((id) => ({ id, series: series.get(id) ?? summaries.summaries.get(id)?.series[0] ?? null }));
  return [summaries, await samplesOfSeries(wanted, context)];
}

/** Experiments that GEO's summaries name for samples whose GSM SRA's search does not know: experiment to GSM. */
function linkedExperiments(missing: readonly string[], { summaries }: GeoSummaryAnswer): Map<string, string> {
  return new Map(missing.flatMap((id) => (summaries.get(id)?.sra ?? []).map((srx) => [srx, id])));
}

/** Adds the series and platforms that GEO's summary of the sample lists. */
function withSeriesOf(library: Library, summaries: GeoSummaryAnswer): Library {
  const summary = summaries.summaries.get(library.parts.key);
  if (summary === undefined) return library;
  return { ...library, unit: withSeries(library.unit, library.parts.key, summary.series, summary.platforms) };
}
