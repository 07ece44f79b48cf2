import type { CellineError, HandlerContext, HandlerEvent, HandlerOutcome } from '../../src/ports/handler.ts';
import { type Library, libraryOutcome, libraryWithoutRuns } from '../compose/libraries.ts';
import { libraryRecords } from '../compose/library-records.ts';
import { mayAskAlone } from '../fetch/allowance.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import type { GeoSummaryAnswer } from '../fetch/geo-summaries.ts';
import { type SampleTexts, samplesOfSeries, type WantedText } from './sample-text.ts';

/**
 * Samples that SRA does not know: arrays, not yet linked, private or unknown. GEO's summaries name the ones that exist;
 * those get GEO's own text. Of the rest 20 a command are asked alone, because only GEO's page says why.
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
  const libraries = ids.flatMap((id) => {
    const geo = texts.samples.get(id);
    return geo === undefined
      ? []
      : [libraryWithoutRuns(id, { geo, biosample: null }, texts.superSeries, 'geo', context)];
  });
  yield* libraryRecords(libraries, ids, 'geo', context);
  for (const library of libraries) yield withoutRuns(library);
  for (const id of ids) {
    const refused = texts.refused.get(id);
    const failure = texts.failed.get(id);
    if (refused !== undefined)
      yield { type: 'outcome', id, outcome: refused.outcome, key: null, reason: refused.reason };
    else if (failure !== undefined) yield failureOutcome(id, failure);
    else if (!texts.samples.has(id)) yield notFound(id, 'GEO sent no such record; check the id for typos');
  }
}

/** A sample without runs says so, and says when GEO names an experiment that SRA does not give. */
function withoutRuns(library: Library): HandlerOutcome {
  const outcome = libraryOutcome(library.parts.key, [library]);
  const experiments = library.parts.geo?.experiments ?? [];
  if (experiments.length === 0) return outcome;
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
