import {
  BadResponseError,
  defineHandler,
  type RunRecord,
  type SampleRecord,
  type SearchHit,
  type SmallContext,
} from '../src/ports/handler.ts';

/** Where the service is; a configured address stands in its place. */
const BASE_URL = 'https://api.mycustomdb.org/v1';

/** A sample as the service gives it; what it does not know is absent, null or empty. */
type ServiceSample = { readonly [field in (typeof SAMPLE_FIELDS)[number]]?: string | null } & {
  readonly run_ids?: readonly string[] | string | null;
};

/** A run as the service gives it. */
type ServiceRun = { readonly [field in (typeof RUN_FIELDS)[number]]?: string | null } & {
  readonly file_urls?: readonly string[] | string | null;
  /** Bytes. */
  readonly file_size?: number | null;
};

const SAMPLE_FIELDS = [
  'id',
  'title',
  'organism',
  'species',
  'tissue_type',
  'cell_type',
  'library_strategy',
  'library_source',
  'library_selection',
  'platform',
  'instrument_model',
  'study_id',
  'collection_date',
] as const;

const RUN_FIELDS = ['id', 'title', 'library_strategy', 'sample_id', 'file_type'] as const;

/** The handler of a small REST service, whose ids are CUSTOM and six digits: the example of the guide, and a template. */
export const custom = defineHandler({
  name: 'custom',
  description: 'A REST service of samples and runs, the template of `celline handlers new`',
  source: 'CUSTOM',
  pattern: { pattern: /^CUSTOM\d{6}$/, example: 'CUSTOM123456' },
  baseUrl: BASE_URL,
  selfHosted: true,
  envPrefix: 'CUSTOM_DB',
  rate: { perSecond: 2, connections: 10, source: 'what the service asks for' },
  ttl: 3600,
  status: '/status',
  credential: {
    takes: [{ scheme: 'bearer' }, { scheme: 'basic' }],
    brings: 'private samples',
    check: { url: `${BASE_URL}/auth/validate`, expect: { kind: 'text' } },
  },

  async fetchSample(id, { http }) {
    const path = `/samples/${encodeURIComponent(id)}`;
    const sample = await http.json<ServiceSample>(path, { headers: JSON_WANTED, cacheAs: `sample_${id}` });
    return sampleOf(checked(sample, id));
  },

  async fetchRun(id, { http }) {
    const path = `/runs/${encodeURIComponent(id)}`;
    const run = await http.json<ServiceRun>(path, { headers: JSON_WANTED, cacheAs: `run_${id}` });
    return runOf(checked(run, id));
  },

  search: searchSamples,
});

const JSON_WANTED = { accept: 'application/json' };

async function searchSamples(
  query: Readonly<Record<string, string>>,
  { http }: SmallContext,
): Promise<readonly SearchHit[]> {
  // Nothing of a search is kept: the next one may find more.
  const options = { headers: JSON_WANTED, ttl: 0 };
  const found = await http.post<readonly ServiceSample[]>('/samples/search', query, options);
  if (!Array.isArray(found)) throw new BadResponseError('the search gave no list of samples');
  return found.map(({ id, title, organism, tissue_type }: ServiceSample) => {
    return { id: id ?? '', title: title ?? null, organism: organism ?? null, tissue: tissue_type ?? null };
  });
}

/** The answer, when it is about the id that was asked. */
function checked<T extends { readonly id?: string | null }>(answer: T, id: string): T {
  if (answer?.id === id) return answer;
  throw new BadResponseError(`the answer is not about ${id}`, { fields: { id } });
}

function sampleOf(sample: ServiceSample): SampleRecord {
  const { run_ids, tissue_type, instrument_model, study_id, collection_date } = sample;
  return {
    title: known(sample.title),
    organism: known(sample.organism),
    tissue: known(tissue_type),
    cell_type: known(sample.cell_type),
    library_strategy: known(sample.library_strategy),
    library_source: known(sample.library_source),
    library_selection: known(sample.library_selection),
    platform: known(sample.platform),
    instrument: known(instrument_model),
    parent: known(study_id),
    children: run_ids ?? null,
    species: known(sample.species) ?? known(sample.organism),
    date: known(collection_date),
  };
}

function runOf(run: ServiceRun): RunRecord {
  return {
    title: known(run.title),
    strategy: known(run.library_strategy),
    raw_link: run.file_urls ?? null,
    parent: known(run.sample_id),
    // The service leaves it out of runs of FASTQ files.
    file_type: known(run.file_type) ?? 'fastq',
    file_size: run.file_size ?? null,
  };
}

/** What the service knows; null for what it does not say. */
function known(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
