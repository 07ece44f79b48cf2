import type { CellineError, HandlerContext, HandlerEvent, HandlerOutcome } from '../../src/ports/handler.ts';
import {
  completeLibraries,
  type Library,
  type LibrarySet,
  libraryOutcome,
  libraryWithoutRuns,
} from '../compose/libraries.ts';
import { libraryRecords } from '../compose/library-records.ts';
import { outcomeWithShells, parentOf } from '../compose/project-shells.ts';
import { mayAskAlone } from '../fetch/allowance.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import type { GeoSummaryAnswer } from '../fetch/geo-summaries.ts';
import { type LinkedPackages, linkedPackages } from './linked-packages.ts';
import { type SampleTexts, samplesOfSeries, type WantedText } from './sample-text.ts';

/**
 * Samples that SRA does not know: arrays, not yet linked, private or unknown. GEO's summaries name the ones that exist;
 * those get GEO's own text. Of the rest 100 a command are asked alone, because only GEO's page says why.
 */
export async function* absentSamples(
  ids: readonly string[],
  summaries: GeoSummaryAnswer,
  searchFailed: ReadonlyMap<string, CellineError>,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const wanted: WantedText[] = [];
  for (const id of ids) {
    const summary = summaries.summaries.get(id);
    // Where SRA could not be asked, GEO's text alone would call a sequenced sample "no runs".
    const failure = searchFailed.get(id) ?? summaries.failed.get(id);
    if (failure !== undefined) yield failureOutcome(id, failure);
    else if (summary !== undefined) wanted.push({ id, series: lowest(summary.series) });
    else if (mayAskAlone('GEO', context)) wanted.push({ id, series: null });
    else yield notFound(id, 'absent from two batch answers of NCBI (SRA search, GEO summaries)');
  }
  const texts = await samplesOfSeries(wanted, context);
  yield* answerTexts(
    wanted.map((one) => one.id),
    texts,
    context,
  );
}

async function* answerTexts(
  ids: readonly string[],
  texts: SampleTexts,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  const experiments = new Map(
    [...texts.samples.values()].flatMap((sample) => sample.experiments.map((srx) => [srx, sample.accession])),
  );
  const linked = await linkedPackages(experiments, context);
  const set = await linkedLibraries(linked, texts, context);
  const libraries = ids.flatMap((id) => {
    const geo = texts.samples.get(id);
    if (geo === undefined || linked.failed.has(id)) return [];
    if (set.keys.has(id)) return [set.join(id)];
    return [libraryWithoutRuns(id, { geo, biosample: null }, texts.superSeries, 'geo', context)];
  });
  const shells = yield* libraryRecords(libraries, ids, 'geo', context);
  for (const library of libraries) yield outcomeWithShells(answerOf(library), [parentOf(library)], shells);
  for (const id of ids) {
    const refused = texts.refused.get(id);
    const failure = texts.failed.get(id) ?? linked.failed.get(id);
    if (refused !== undefined)
      yield { type: 'outcome', id, outcome: refused.outcome, key: null, reason: refused.reason };
    else if (failure !== undefined) yield failureOutcome(id, failure);
    else if (!texts.samples.has(id)) yield notFound(id, 'GEO sent no such record; check the id for typos');
  }
}

/** The samples whose experiments only GEO's text names: its summaries may leave them out. */
function linkedLibraries(
  { packages }: LinkedPackages,
  { samples, superSeries }: SampleTexts,
  context: HandlerContext,
): Promise<LibrarySet> {
  const sources = { packages, rows: [], geo: samples, askedNcbi: true, superSeries };
  return completeLibraries(sources, 'geo', context);
}

/** A sample without runs says so, and says when GEO names an experiment that SRA does not give. */
function answerOf(library: Library): HandlerOutcome {
  const outcome = libraryOutcome(library.parts.key, [library]);
  const experiments = library.parts.geo?.experiments ?? [];
  if (experiments.length === 0 || outcome.outcome !== 'no_runs') return outcome;
  return {
    ...outcome,
    reason: `GEO names ${experiments.join(', ')}, which SRA does not know: withdrawn, or not yet released`,
  };
}

function notFound(id: string, reason: string): HandlerOutcome {
  return { type: 'outcome', id, outcome: 'not_found', key: null, reason };
}

/** The series with the lowest number: a SuperSeries is mostly numbered after the series it is made of. */
function lowest(series: readonly string[]): string | null {
  return series.toSorted((a, b) => Number(a.slice(3)) - Number(b.slice(3)))[0] ?? null;
}
