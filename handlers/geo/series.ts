import {
  EMPTY_UNIT,
  type FilePatch,
  type HandlerContext,
  type HandlerEvent,
  type HandlerOutcome,
} from '../../src/ports/handler.ts';
import { completeLibraries, libraryWithoutRuns } from '../compose/libraries.ts';
import { type StudyRuns, studyRuns } from '../compose/study-runs.ts';
import { mayAskAlone } from '../fetch/allowance.ts';
import { asCellineError } from '../fetch/as-celline-error.ts';
import { failureOutcome } from '../fetch/failure-outcome.ts';
import { geoSummaries } from '../fetch/geo-summaries.ts';
import { familyOf, geoRecord } from '../fetch/geo-text.ts';
import { inPieces } from '../fetch/split-batch.ts';
import { projectShell } from '../library/project-shell.ts';
import { supplementaryFiles } from '../library/supplementary-files.ts';
import type { GdsSummary, GeoSample, GeoSeries } from '../ncbi/geo-record.ts';
import { familyFile } from '../ncbi/geo-requests.ts';

/** Samples joined at a time: bounds memory, and is ENA's batch of sample records. */
const SAMPLES_AT_A_TIME = 1000;

/** Series by their GSE, each with everything below it. A SuperSeries hands its SubSeries on. */
export async function* fetchGeoSeries(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const { summaries, failed } = await geoSummaries(ids, context);
  for (const id of ids) {
    const error = failed.get(id);
    if (error !== undefined) yield failureOutcome(id, error);
    else yield* answered(id, summaries.get(id) ?? null, context);
  }
}

async function* answered(
  id: string,
  summary: GdsSummary | null,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  try {
    if (summary === null) {
      const refusal = await whyAbsent(id, context);
      if (refusal !== null) return yield refusal;
    }
    yield* fetchSeries(id, summary, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    yield failureOutcome(id, asCellineError(cause));
  }
}

/** Why GEO's summaries do not know a series; null when its own page shows it (summaries lag behind). */
async function whyAbsent(id: string, context: HandlerContext): Promise<HandlerOutcome | null> {
  if (!mayAskAlone('GEO', context)) {
    return { type: 'outcome', id, outcome: 'not_found', key: null, reason: "absent from GEO's summaries" };
  }
  const answer = await geoRecord(id, context);
  if (answer.found) return null;
  return { type: 'outcome', id, outcome: answer.verdict.outcome, key: null, reason: answer.verdict.reason };
}

async function* fetchSeries(
  id: string,
  summary: GdsSummary | null,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  let series: GeoSeries | null = null;
  let study: StudyRuns | null = null;
  let waiting: GeoSample[] = [];
  const members = new Set<string>();
  const lacks = new Set<string>();
  const state = { superSeries: new Set<string>() };
  for await (const entity of familyOf(id, context)) {
    if (entity.type === 'series' && entity.series.accession === id) {
      series = entity.series;
      for (const above of series.superSeries) state.superSeries.add(above);
      if (series.subSeries.length > 0) break;
    }
    if (entity.type !== 'sample' || members.has(entity.sample.accession)) continue;
    study ??= await studyRuns(studyNames(summary, series), context);
    members.add(entity.sample.accession);
    waiting.push(entity.sample);
    if (waiting.length < SAMPLES_AT_A_TIME) continue;
    yield* sampleUnits(id, waiting, study, lacks, state.superSeries, context);
    waiting = [];
  }
  if (series !== null && series.subSeries.length > 0) {
    yield { type: 'next', of: id, ids: series.subSeries };
    yield seriesUnit(id, summary, series, series.samples, context);
    return yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
  }
  study ??= await studyRuns(studyNames(summary, series), context);
  const listed = new Set([...(series?.samples ?? []), ...(summary?.samples ?? [])]);
  for (const sample of await samplesLeftOut(id, listed, members, context)) waiting.push(sample);
  yield* sampleUnits(id, waiting, study, lacks, state.superSeries, context);
  const missing = [...listed].filter((sample) => !members.has(sample));
  yield seriesUnit(id, summary, series, missing.length > 0 ? null : [...members], context);
  yield seriesOutcome(id, missing, listed.size, lacks, study);
}

/** Samples that GEO lists and its text left out, from the text asked for once more past the cache; they become members. */
async function samplesLeftOut(
  id: string,
  listed: ReadonlySet<string>,
  members: Set<string>,
  context: HandlerContext,
): Promise<GeoSample[]> {
  const found: GeoSample[] = [];
  const seen = new Set<string>();
  const isWanted = (accession: string) => listed.has(accession) && !members.has(accession);
  if (![...listed].some(isWanted)) return found;
  try {
    for await (const entity of familyOf(id, context, true)) {
      if (entity.type !== 'sample') continue;
      seen.add(entity.sample.accession);
      if (!isWanted(entity.sample.accession)) continue;
      members.add(entity.sample.accession);
      found.push(entity.sample);
    }
  } catch (cause) {
    context.signal.throwIfAborted();
    context.log(`${id}: asked again for samples that were left out: ${asCellineError(cause).message}`);
  }
  // From the cache, a text that lacks samples would lack them for as long as it is fresh.
  if ([...listed].some((accession) => !seen.has(accession))) await context.http.forget(familyFile(id));
  return found;
}

/** The names under which ENA and SRA know the study of a series: its BioProject first, then its SRP. */
function studyNames(summary: GdsSummary | null, series: GeoSeries | null): string[] {
  const names = [series?.bioproject, summary?.bioproject, ...(series?.studies ?? []), ...(summary?.sra ?? [])];
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))];
}

async function* sampleUnits(
  series: string,
  samples: readonly GeoSample[],
  study: StudyRuns,
  lacks: Set<string>,
  superSeries: ReadonlySet<string>,
  context: HandlerContext,
): AsyncGenerator<HandlerEvent> {
  for (const piece of inPieces(samples, SAMPLES_AT_A_TIME)) {
    const geo = new Map(piece.map((sample) => [sample.accession, sample]));
    const sources = await study.ofSamples(piece, context);
    const libraries = await completeLibraries({ ...sources, geo, superSeries }, 'geo', context);
    for (const sample of piece) {
      const key = sample.accession;
      const library = libraries.keys.has(key)
        ? libraries.join(key)
        : libraryWithoutRuns(key, { geo: sample, biosample: null }, superSeries, 'geo', context);
      if (library.lacks !== null) lacks.add(library.lacks);
      yield { type: 'records', unit: library.unit, of: [series] };
    }
  }
}

function seriesUnit(
  id: string,
  summary: GdsSummary | null,
  series: GeoSeries | null,
  members: readonly string[] | null,
  context: HandlerContext,
): HandlerEvent {
  const facts = { key: id, study: null, enaRow: null, summary, series };
  const shell = projectShell({ ...facts, handler: 'geo', fetchedAt: context.now() });
  const files: FilePatch[] = supplementaryFiles(id, 'GEO', series?.supplementaryFiles ?? [], context.now());
  const complete = series === null ? [] : [{ table: 'files' as const, parent: id, origin: 'supplementary' as const }];
  // A list with gaps must not replace a whole one.
  const children = members === null ? {} : { children: [...new Set(members)].toSorted().join(',') };
  const patch = { ...shell.patch, ...children };
  return { type: 'records', of: [id], unit: { ...EMPTY_UNIT, projects: [patch], links: shell.links, files, complete } };
}

function seriesOutcome(
  id: string,
  missing: readonly string[],
  listed: number,
  lacks: ReadonlySet<string>,
  { error, note }: Pick<StudyRuns, 'error' | 'note'>,
): HandlerOutcome {
  const reasons = [...lacks];
  if (error !== null) reasons.push(`incomplete, ask again: ${error.message}`);
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(', ');
    reasons.push(`${missing.length} of ${listed} samples missing: ${some}${missing.length > 5 ? ', …' : ''}`);
  }
  if (reasons.length > 0) return { type: 'outcome', id, outcome: 'partial', key: id, reason: reasons.join('; ') };
  return { type: 'outcome', id, outcome: 'added', key: id, reason: note };
}
