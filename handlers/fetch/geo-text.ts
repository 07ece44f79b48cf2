import { BadResponseError, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { readGeoPage } from '../ncbi/geo-page.ts';
import type { GeoPageVerdict, GeoPlatform, GeoSample, GeoSeries } from '../ncbi/geo-record.ts';
import { accRecord, familyFile } from '../ncbi/geo-requests.ts';
import { parseSoft, type SoftEntity } from '../ncbi/parse-soft.ts';
import { asCellineError } from './as-celline-error.ts';
import { isSplittable } from './split-batch.ts';

/**
 * The records of a series: the series itself, its platforms and all its samples, one at a time.
 * The family file first (23 MB in 8 s for 5,086 samples); where there is none, `acc.cgi`, which takes minutes for as many.
 */
export async function* familyOf(series: string, context: HandlerContext): AsyncGenerator<SoftEntity> {
  let chunks: AsyncIterable<string>;
  try {
    chunks = await context.http.chunks(familyFile(series));
  } catch (cause) {
    const error = asCellineError(cause);
    const absent = error instanceof HttpStatusError && error.status === 404;
    if (!absent && !isSplittable(error)) throw error;
    context.log(`${series}: no family file (${error.message}); asking acc.cgi instead`);
    yield* parseSoft(await context.http.chunks(accRecord(series, 'self')));
    yield* parseSoft(await context.http.chunks(accRecord(series, 'gsm')));
    return;
  }
  yield* parseSoft(chunks);
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
    const answer = {
      found: true as const,
      sample: null as GeoSample | null,
      series: null as GeoSeries | null,
      platform: null as GeoPlatform | null,
    };
    for await (const entity of parseSoft(await context.http.chunks(accRecord(accession, 'self')))) {
      if (entity.type === 'sample' && entity.sample.accession === accession) answer.sample = entity.sample;
      if (entity.type === 'series' && entity.series.accession === accession) answer.series = entity.series;
      if (entity.type === 'platform' && entity.platform.accession === accession) answer.platform = entity.platform;
    }
    return answer;
  } catch (cause) {
    const error = asCellineError(cause);
    if (!(error instanceof BadResponseError) || error.page === null) throw error;
    const verdict = readGeoPage(error.page, accession);
    if (verdict.outcome === 'bad_response') throw error;
    return { found: false, verdict };
  }
}
