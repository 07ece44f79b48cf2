import type { CellineError, HandlerContext, HandlerEvent, HandlerOutcome } from '../../src/ports/handler.ts';
import {
  completeLibraries,
  type Library,
  type LibrarySet,
  lackOf,
  libraryOutcome,
  runsOfPackages,
} from '../compose/libraries.ts';
import {
  askSeries,
  noteParent,
  outcomeWithShells,
  type Parents,
  parentOf,
  projectShells,
} from '../compose/project-shells.ts';
import { searchRuns } from '../fetch/ena-runs.ts';
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
  readonly ids: readonly string[];
  readonly libraries: LibrarySet;
  readonly summaries: GeoSummaryAnswer;
  /** GSM that SRA does not know. */
  readonly missing: readonly string[];
  /** GSM for which SRA was asked in vain. */
  readonly failed: ReadonlyMap<string, CellineError>;
  /** GSM whose text was wanted (`--full`) and GEO was asked for in vain. */
  readonly withoutText: ReadonlyMap<string, CellineError>;
}

/** The packages of one piece. */
interface Searched {
  readonly ids: readonly string[];
  readonly packages: readonly SraPackage[];
  readonly failed: ReadonlyMap<string, CellineError>;
}

/**
 * Samples by their GSM: SRA's packages by search (500 a request), their runs at ENA (one request a piece), GEO's document
 * summaries for series and platform, and for those that SRA does not know GEO's own text. A piece is answered as soon as
 * it is complete: the series of all pieces are asked in one request while their samples still are.
 */
export async function* fetchGeoSamples(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const searches = inPieces(ids, PACKAGES_PER_REQUEST).map((piece) => searchPiece(piece, context));
  const pieces = searches.map(async (search) => completePiece(await search, context));
  const series = Promise.all(searches).then((all) => askSeries(seriesOf(all), context));
  // They run side by side; a failure of a later one must wait for its turn, not end the process.
  for (const asking of [...pieces, series]) asking.catch(() => {});
  const absent: Pick<Piece, 'missing' | 'summaries' | 'failed'>[] = [];
  for (let asking = pieces.shift(); asking !== undefined; asking = pieces.shift()) {
    const piece = await asking;
    await series;
    yield* answerPiece(piece, context);
    // The samples of a piece are let go with it: only what the end of the batch needs is kept.
    absent.push({ missing: piece.missing, summaries: piece.summaries, failed: piece.failed });
  }
  for (const { missing, summaries, failed } of absent) yield* absentSamples(missing, summaries, failed, context);
}

async function* answerPiece(piece: Piece, context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const parents: Parents = new Map();
  const outcomes: { readonly outcome: HandlerOutcome; readonly parent: string | null }[] = [];
  // In the order asked: SRA's answers come newest first.
  for (const id of piece.ids.filter((one) => piece.libraries.keys.has(one))) {
    const library = withSeriesOf(piece.libraries.join(id), piece.summaries);
    noteParent(parents, library);
    const lacks = library.lacks ?? lackOf(piece.withoutText.get(id), piece.summaries.failed.get(id));
    outcomes.push({ outcome: libraryOutcome(id, [{ ...library, lacks }]), parent: parentOf(library) });
    yield { type: 'records', unit: library.unit, of: [id] };
  }
  const shells = await projectShells(parents, 'geo', context);
  for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [] };
  for (const { outcome, parent } of outcomes) yield outcomeWithShells(outcome, [parent], shells);
}

/** Series that packages name as their study. */
function seriesOf(searches: readonly Searched[]): string[] {
  const named = searches.flatMap((search) => search.packages.map((found) => found.study?.gse ?? null));
  return [...new Set(named)].filter((gse) => gse !== null);
}

async function searchPiece(ids: readonly string[], context: HandlerContext): Promise<Searched> {
  const search = await searchPackages(ids, null, context);
  return { ids, packages: ownPackages(search.packages, new Set(ids)), failed: search.failed };
}

async function completePiece({ ids, packages, ...search }: Searched, context: HandlerContext): Promise<Piece> {
  const enaAsked = new Set(runsOfPackages(packages));
  // What failed even alone would fail the next batch too, and take it apart: it is not asked again here.
  const searched = ids.filter((id) => !search.failed.has(id));
  // GEO and ENA are asked side by side: each takes as long as the other.
  const [[summaries, texts], ena] = await Promise.all([
    summariesAndText(searched, packages, context),
    searchRuns([...enaAsked], 'run', context),
  ]);
  const linked = await linkedPackages(linkedExperiments(searched, packages, summaries), context);
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
  return { ids, libraries, summaries, missing, failed, withoutText: texts?.failed ?? new Map() };
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

/**
 * Experiments that GEO's summaries name and SRA's search did not bring, of samples that it does not know, or of which it has
 * left one out: experiment to GSM.
 */
function linkedExperiments(
  ids: readonly string[],
  packages: readonly SraPackage[],
  { summaries }: GeoSummaryAnswer,
): Map<string, string> {
  const found = new Set(packages.map((one) => one.experiment));
  const named = ids.flatMap((id) => (summaries.get(id)?.sra ?? []).map((srx) => [srx, id] as const));
  return new Map(named.filter(([srx]) => !found.has(srx)));
}

/** Adds the series and platforms that GEO's summary of the sample lists. */
function withSeriesOf(library: Library, summaries: GeoSummaryAnswer): Library {
  const summary = summaries.summaries.get(library.parts.key);
  if (summary === undefined) return library;
  return { ...library, unit: withSeries(library.unit, library.parts.key, summary.series, summary.platforms) };
}
