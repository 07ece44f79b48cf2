import type { Handler, HandlerContext, HandlerEvent, PlannedRequests } from '../src/ports/handler.ts';
import { ENA_CHECK, ENA_HOSTS } from './ena/hosts.ts';
import { guardDrift } from './fetch/drift.ts';
import { NCBI_CHECK, NCBI_HOSTS } from './ncbi/hosts.ts';

/** Projects of one call: each is a walk of its own, so that small calls run side by side. */
const PROJECTS_AT_A_TIME = 5;

/** Ids of one call: two SRA searches and fetches of 500, two of GEO's summaries, one request for their series. */
const BATCH = 1000;

/** GEO: series, samples and platforms, with their sequencing runs from SRA and ENA. */
export const geo: Handler = {
  name: 'geo',
  description: 'NCBI GEO: series, samples and platforms, with their runs from SRA and ENA',
  source: 'GEO',
  portVersion: 1,
  auth: 'rate',
  patterns: [
    { level: 'project', pattern: /^GSE[1-9]\d{0,9}$/, example: 'GSE124227', batchSize: PROJECTS_AT_A_TIME },
    { level: 'sample', pattern: /^GSM[1-9]\d{0,9}$/, example: 'GSM3526037' },
    { level: 'platform', pattern: /^GPL[1-9]\d{0,9}$/, example: 'GPL11154' },
  ],
  hosts: [...NCBI_HOSTS, ...ENA_HOSTS],
  checks: [NCBI_CHECK, ENA_CHECK],
  batchSize: BATCH,
  fetchBatch: (ids, context) => guardDrift(fetchGeo(ids, context), context),
  plan: planGeo,
};

// Parsers are loaded when something is fetched: commands that only look start 8 ms earlier (CPU, 2026-11).
async function* fetchGeo(ids: readonly string[], context: HandlerContext): AsyncGenerator<HandlerEvent> {
  const { samples, series, platforms } = byLevel(ids);
  if (samples.length > 0) {
    const { fetchGeoSamples } = await import('./geo/samples.ts');
    yield* fetchGeoSamples(samples, context);
  }
  if (platforms.length > 0) {
    const { fetchGeoPlatforms } = await import('./geo/platforms.ts');
    yield* fetchGeoPlatforms(platforms, context);
  }
  if (series.length > 0) {
    const { fetchGeoSeries } = await import('./geo/series.ts');
    yield* fetchGeoSeries(series, context);
  }
}

function byLevel(ids: readonly string[]): { samples: string[]; series: string[]; platforms: string[] } {
  return {
    samples: ids.filter((id) => id.startsWith('GSM')),
    series: ids.filter((id) => id.startsWith('GSE')),
    platforms: ids.filter((id) => id.startsWith('GPL')),
  };
}

function planGeo(ids: readonly string[], full: boolean): PlannedRequests[] {
  const { samples, series, platforms } = byLevel(ids);
  const pieces = Math.ceil(samples.length / 500);
  const plan: PlannedRequests[] = [
    { operator: 'NCBI', requests: pieces * 2, what: 'SRA searches and packages of samples' },
    {
      operator: 'NCBI',
      requests: pieces + Math.ceil(samples.length / BATCH),
      what: 'GEO summaries of samples and their series',
    },
    { operator: 'ENA', requests: pieces, what: 'runs and FASTQ files of samples' },
    { operator: 'NCBI', requests: full ? samples.length : 0, what: "GEO's text of samples, at most" },
    {
      operator: 'NCBI',
      requests: 0,
      // With --full the texts of all samples are planned above.
      upTo: full ? series.length + platforms.length : ids.length,
      what: "GEO's own text: up to one per id that SRA or GEO's summaries do not have",
    },
    { operator: 'NCBI', requests: Math.ceil((series.length + platforms.length) / 500), what: 'GEO summaries' },
    {
      operator: 'NCBI',
      requests: series.length * 3,
      what: 'family files, SRA searches and packages of series, at least',
    },
    { operator: 'ENA', requests: series.length, what: 'runs of series, at least' },
  ];
  return plan.filter((part) => part.requests + (part.upTo ?? 0) > 0);
}
