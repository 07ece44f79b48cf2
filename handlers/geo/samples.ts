import type { HandlerContext, HandlerEvent } from '../../src/ports/handler.ts';
import { completeLibraries, type Library, libraryOutcome } from '../compose/libraries.ts';
import { projectShells } from '../compose/project-shells.ts';
import { type GeoSummaryAnswer, geoSummaries } from '../fetch/geo-summaries.ts';
import { PACKAGES_PER_REQUEST, searchPackages } from '../fetch/packages.ts';
import { inPieces } from '../fetch/split-batch.ts';
import { withSeries } from '../library/with-series.ts';
import type { GeoSample } from '../ncbi/geo-record.ts';
import type { SraPackage } from '../ncbi/sra-package.ts';
import { absentSamples } from './absent-samples.ts';
import { samplesOfSeries } from './sample-text.ts';

/** What one piece of a batch has come to. */
interface Piece {
  readonly libraries: readonly Library[];
  readonly summaries: GeoSummaryAnswer;
  /** GSM that SRA does not know. */
  readonly missing: readonly string[];
  readonly error: Awaited<ReturnType<typeof searchPackages>>['error'];
}

/**
 * Samples by their GSM: SRA's packages by search (500 a request), their runs at ENA (one request a piece), GEO's document
 * summaries for series and platform, and for those that SRA does not know GEO's own text.
 */
export async function* fetchGeoSamples(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const pieces = inPieces(ids, PACKAGES_PER_REQUEST).map((piece) => fetchPiece(piece, context));
  // The pieces run side by side; a failure of a later one must wait for its turn, not end the process.
  for (const piece of pieces) piece.catch(() => {});
  const done: Piece[] = [];
  for (const asking of pieces) {
    const piece = await asking;
    for (const library of piece.libraries) yield { type: 'records', unit: library.unit, of: [library.parts.key] };
    done.push(piece);
  }
  const libraries = done.flatMap((piece) => piece.libraries);
  const shells = await projectShells(libraries, 'geo', context);
  for (const shell of shells.units) yield { type: 'records', unit: shell.unit, of: [] };
  for (const library of libraries) yield libraryOutcome(library.parts.key, [library]);
  for (const piece of done) yield* absentSamples(piece.missing, piece.summaries, piece.error, context);
}

async function fetchPiece(ids: readonly string[], context: HandlerContext): Promise<Piece> {
  const asked = new Set(ids);
  const search = await searchPackages(ids, null, context);
  const packages = ownPackages(search.packages, asked);
  const [summaries, geo] = await summariesAndText(ids, packages, context);
  const searched = new Set(packages.map((one) => one.gsm));
  const linked = await linkedPackages(
    ids.filter((id) => !searched.has(id)),
    summaries,
    context,
  );
  const series = new Map([...summaries.summaries.values()].map((summary) => [summary.accession, summary.series]));
  const sources = {
    packages: [...packages, ...linked],
    rows: [],
    geo,
    askedNcbi: true,
    ncbiError: search.error,
    series,
  };
  const joined = await completeLibraries(sources, 'geo', context);
  const found = new Map(joined.map((library) => [library.parts.key, withSeriesOf(library, summaries)]));
  // In the order asked: SRA's answers come newest first.
  const libraries = ids.flatMap((id) => found.get(id) ?? []);
  return { libraries, summaries, missing: ids.filter((id) => !found.has(id)), error: search.error };
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
): Promise<[GeoSummaryAnswer, ReadonlyMap<string, GeoSample> | null]> {
  const summaries = await geoSummaries(ids, context);
  if (!context.full) return [summaries, null];
  const series = new Map(packages.map((found) => [found.gsm ?? '', found.study?.gse ?? null]));
  const wanted = ids.map((id) => ({ id, series: series.get(id) ?? summaries.summaries.get(id)?.series[0] ?? null }));
  return [summaries, (await samplesOfSeries(wanted, context)).samples];
}

/** Packages of samples whose GSM SRA's search does not know, but whose summary names their experiment. */
async function linkedPackages(
  missing: readonly string[],
  summaries: GeoSummaryAnswer,
  context: HandlerContext,
): Promise<SraPackage[]> {
  const experiments = new Map(
    missing.flatMap((id) => (summaries.summaries.get(id)?.sra ?? []).map((srx) => [srx, id])),
  );
  if (experiments.size === 0) return [];
  const answer = await searchPackages([...experiments.keys()], 'accn', context);
  return answer.packages
    .filter((found) => experiments.has(found.experiment))
    .map((found) => ({ ...found, gsm: found.gsm ?? experiments.get(found.experiment) ?? null }));
}

/** Adds the series and platforms that GEO's summary of the sample lists. */
function withSeriesOf(library: Library, summaries: GeoSummaryAnswer): Library {
  const summary = summaries.summaries.get(library.parts.key);
  if (summary === undefined) return library;
  return { ...library, unit: withSeries(library.unit, library.parts.key, summary.series, summary.platforms) };
}
