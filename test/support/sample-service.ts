import type { ReceivedRequest, ScriptedAnswer } from '../../src/testing/scripted-server.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/scripted-server.ts';

/** A record as the service has it. */
export type ServiceRecord = Readonly<Record<string, unknown>>;

/** What the service holds, and how it behaves. */
export interface SampleServiceSettings {
  readonly samples?: Readonly<Record<string, ServiceRecord>>;
  readonly runs?: Readonly<Record<string, ServiceRecord>>;
  /** What a search gives, whatever was asked. Default all samples that have the value of every field. */
  readonly hits?: readonly ServiceRecord[];
  /** The key that it asks for; absent: none. */
  readonly key?: string;
  /** Its own idea of what to answer, first of all; undefined: as ever. */
  readonly instead?: (request: ReceivedRequest) => ScriptedAnswer | undefined;
}

/** A service as the handler `custom` asks it, at `<url>/v1`. */
export function startSampleService(settings: SampleServiceSettings = {}): Promise<ScriptedServer> {
  return startScriptedServer((request) => {
    const own = settings.instead?.(request);
    if (own !== undefined) return own;
    if (settings.key !== undefined && request.headers.authorization !== `Bearer ${settings.key}`)
      return { status: 401 };
    return answerOf(request, settings);
  });
}

function answerOf({ method, path, body }: ReceivedRequest, settings: SampleServiceSettings): ScriptedAnswer {
  const { samples = {}, runs = {} } = settings;
  const [, kind, id = ''] = /^\/v1\/(samples|runs)\/(\w+)$/.exec(path) ?? [];
  if (method === 'POST' && path === '/v1/samples/search') {
    const query = Object.entries(JSON.parse(body) as ServiceRecord);
    const isFound = (sample: ServiceRecord) => query.every(([name, value]) => sample[SEARCHED[name] ?? name] === value);
    const found = Object.values(samples).filter(isFound);
    return json(settings.hits ?? found);
  }
  if (path === '/v1/status' || path === '/v1/auth/validate') return json({ status: 'ok' });
  const record = (kind === 'runs' ? runs : samples)[id];
  return record === undefined || method !== 'GET' ? { status: 404, body: 'no such record' } : json(record);
}

/** Fields of a search that samples have under another name. */
const SEARCHED: Readonly<Record<string, string>> = { tissue: 'tissue_type', instrument: 'instrument_model' };

function json(value: unknown): ScriptedAnswer {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** The sample of the handbook's own test, with two runs. */
export const HANDBOOK_SAMPLE: ServiceRecord = {
  id: 'CUSTOM123456',
  title: 'Test Sample',
  organism: 'Homo sapiens',
  tissue_type: 'brain',
  cell_type: 'neuron',
  library_strategy: 'RNA-Seq',
  library_source: 'TRANSCRIPTOMIC',
  library_selection: 'cDNA',
  platform: 'ILLUMINA',
  instrument_model: 'Illumina NovaSeq 6000',
  study_id: 'STUDY001',
  run_ids: ['RUN001', 'RUN002'],
  collection_date: '2024-01-15',
};

/** Its runs: addresses as a list, and as text. */
export const HANDBOOK_RUNS: Readonly<Record<string, ServiceRecord>> = {
  RUN001: {
    id: 'RUN001',
    title: 'First run',
    library_strategy: 'RNA-Seq',
    file_urls: ['https://files.example.org/RUN001_1.fastq.gz', 'https://files.example.org/RUN001_2.fastq.gz'],
    sample_id: 'CUSTOM123456',
    file_type: 'fastq',
    file_size: 12_000_000_000,
  },
  RUN002: { id: 'RUN002', file_urls: 'https://files.example.org/RUN002.fastq.gz', sample_id: 'CUSTOM123456' },
};

/** A sample of that id that has no runs. */
export function sampleWithoutRuns(id: string): ServiceRecord {
  return { id, title: `sample ${id}`, organism: 'Mus musculus', run_ids: [] };
}

/** Samples without runs, CUSTOM000001 and on, by id. */
export function someSamples(count: number): Readonly<Record<string, ServiceRecord>> {
  const ids = Array.from({ length: count }, (_, index) => `CUSTOM${String(index + 1).padStart(6, '0')}`);
  return Object.fromEntries(ids.map((id) => [id, sampleWithoutRuns(id)]));
}
