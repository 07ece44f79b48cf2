import {
  BadResponseError,
  bodyFault,
  type HandlerContext,
  type HttpRequest,
  HttpStatusError,
} from '../../src/ports/handler.ts';
import { readGeoPage } from '../ncbi/geo-page.ts';
import type { GeoPageVerdict, GeoPlatform, GeoSample, GeoSeries } from '../ncbi/geo-record.ts';
import { accRecord, familyFile } from '../ncbi/geo-requests.ts';
import { parseSoft, type SoftEntity } from '../ncbi/parse-soft.ts';
import { asCellineError } from './as-celline-error.ts';
import { readAnswer } from './ask-complete.ts';
import { isSplittable } from './split-batch.ts';

/**
 * The records of a series: the series itself, its platforms and all its samples, one at a time.
 * The family file first (23 MB in 8 s for 5,086 samples); where there is none, `acc.cgi`, which takes minutes for as many.
 * `again`: past the cache, since what was read lacked samples.
 */
export async function* familyOf(series: string, context: HandlerContext, again = false): AsyncGenerator<SoftEntity> {
  const family = { ...familyFile(series), ...(again ? { refresh: true } : {}) };
  let chunks: AsyncIterable<string>;
  try {
    chunks = await context.http.chunks(family);
  } catch (cause) {
    const error = asCellineError(cause);
    const absent = error instanceof HttpStatusError && error.status === 404;
    if (!absent && !isSplittable(error)) throw error;
    context.log(`${series}: no family file (${error.message}); asking acc.cgi instead`);
    yield* recordsOf(series, accRecord(series, 'self'), context);
    yield* parseSoft(await context.http.chunks(accRecord(series, 'gsm')));
    return;
  }
  yield* recordsOf(series, family, context, chunks);
}

/**
 * The records of a text that begins with its series. One that is of another series, or of none, is asked for once more past
 * the cache, before any of it is used; one that breaks off later is forgotten, so that the next command asks anew.
 */
async function* recordsOf(
  series: string,
  request: HttpRequest,
  context: HandlerContext,
  first?: AsyncIterable<string>,
): AsyncGenerator<SoftEntity> {
  const isOfSeries = (entity: SoftEntity) => entity.type !== 'series' || entity.series.accession === series;
  for (let again = false; ; again = true) {
    const chunks =
      (again ? undefined : first) ?? (await context.http.chunks(again ? { ...request, refresh: true } : request));
    let begun = false;
    try {
      for await (const entity of parseSoft(chunks)) {
        if (!begun && (entity.type === 'sample' || !isOfSeries(entity))) throw otherRecords(series);
        begun ||= entity.type === 'series';
        yield entity;
      }
      if (begun) return;
      throw otherRecords(series);
    } catch (error) {
      if (!(error instanceof BadResponseError)) throw error;
      if (!begun && !again) continue;
      await context.http.forget(request);
      throw error;
    }
  }
}

function otherRecords(accession: string): BadResponseError {
  return new BadResponseError(`GEO sent a text for ${accession} that is not of it`, {
    fields: { kind: 'other_records', accession },
    hint: bodyFault('other_records').hint,
  });
}

/** What GEO's own page says about one accession. */
export type GeoAnswer =
  | {
      readonly found: true;
      readonly sample: GeoSample | null;
      readonly series: GeoSeries | null;
      readonly platform: GeoPlatform | null;
    }
  | { readonly found: false; readonly verdict: GeoPageVerdict };

/** Asks `acc.cgi` for one record alone. It names what cannot be had: unknown, private until a date, withdrawn. */
export async function geoRecord(accession: string, context: HandlerContext): Promise<GeoAnswer> {
  try {
    const reading = {
      send: context.http.chunks,
      read: (chunks: AsyncIterable<string>) => readRecord(accession, chunks),
    };
    return await readAnswer(accRecord(accession, 'self'), reading, context);
  } catch (cause) {
    const error = asCellineError(cause);
    if (!(error instanceof BadResponseError) || error.page === null) throw error;
    const verdict = readGeoPage(error.page, accession);
    if (verdict.outcome === 'bad_response') {
      await context.http.forget(accRecord(accession, 'self'));
      throw error;
    }
    return { found: false, verdict };
  }
}

/** The record of the accession; a text that has none of it answers somebody else. */
async function readRecord(accession: string, chunks: AsyncIterable<string>): Promise<GeoAnswer> {
  const answer = {
    found: true as const,
    sample: null as GeoSample | null,
    series: null as GeoSeries | null,
    platform: null as GeoPlatform | null,
  };
  for await (const entity of parseSoft(chunks)) {
    if (entity.type === 'sample' && entity.sample.accession === accession) answer.sample = entity.sample;
    if (entity.type === 'series' && entity.series.accession === accession) answer.series = entity.series;
    if (entity.type === 'platform' && entity.platform.accession === accession) answer.platform = entity.platform;
  }
  if (answer.sample ?? answer.series ?? answer.platform) return answer;
  throw otherRecords(accession);
}
