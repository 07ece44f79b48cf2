import {
  type AddOptions,
  CellineError,
  type CellineEvent,
  type Check,
  defineBatchHandler,
  defineHandler,
  EMPTY_UNIT,
  type FileRow,
  type OutcomeName,
  type OutcomeRow,
  openProject,
  type Project,
  type Query,
  type RunRow,
  type SampleRow,
  StoreError,
  type StoreFailure,
  TABLES,
} from 'celline';
import { aSample, createFakeClock, serializerContract, startScriptedServer, storeContract } from 'celline/testing';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the two types are the same. */
function same<_A, _B>(..._proof: Same<_A, _B> extends true ? [] : ['these types differ']): void {}

const project: Project = await openProject();
await openProject({ cwd: '/data', env: { CELLINE_OFFLINE: '1' }, flags: { offline: true }, onEvent: tell });

/** An event is known by its type. */
function tell(event: CellineEvent): string {
  switch (event.type) {
    case 'answered':
      same<typeof event.row, OutcomeRow>();
      return event.row.id;
    case 'committed':
      return `${event.samples} samples`;
    case 'ended':
      same<typeof event.exitCode, number>();
      return event.error?.message ?? 'well';
    default:
      return event.type;
  }
}

const stop = new AbortController();
const options: AddOptions = { force: true, signal: stop.signal, concurrency: 2 };
for await (const row of project.add(['GSM5764259'], options)) {
  same<typeof row, OutcomeRow>();
  same<typeof row.outcome, OutcomeName>();
}
for await (const check of project.doctor({ offline: true })) same<typeof check, Check>();
for (const view of await project.show('SRR1')) {
  same<typeof view.runs, readonly RunRow[]>();
  same<typeof view.files, readonly FileRow[]>();
}
const sample = await project.records.samples.get('GSM1');
same<typeof sample, SampleRow | null>();
const size: bigint | null | undefined = (await project.records.runs.get('SRR1'))?.file_size;
const query: Query = await project.query();
const columns: readonly { readonly name: string }[] = TABLES.samples.columns;

try {
  await project.close();
} catch (error) {
  if (error instanceof StoreError) same<typeof error.failure, StoreFailure>();
  if (error instanceof CellineError) same<typeof error.hint, string | undefined>();
}

export const lab = defineHandler({
  name: 'lab',
  source: 'LAB',
  pattern: { pattern: /^LAB\d{6}$/, example: 'LAB000001' },
  baseUrl: 'https://samples.example.org/v1',
  rate: { perSecond: 5 },
  async fetchSample(id, { http, signal }) {
    same<typeof id, string>();
    same<typeof signal, AbortSignal>();
    const found = await http.json<{ title: string; runs: string[] }>(`/samples/${id}`);
    return { title: found.title, children: found.runs };
  },
  async fetchRun(id) {
    return { key: id, raw_link: ['https://samples.example.org/1.fastq.gz'], file_size: 5n };
  },
});

export const batch = defineBatchHandler({
  name: 'batch',
  description: 'a batch',
  source: 'BATCH',
  portVersion: 1,
  patterns: [{ level: 'sample', pattern: /^BATCH\d+$/, example: 'BATCH1' }],
  hosts: [],
  batchSize: 50,
  async *fetchBatch(ids) {
    for (const id of ids) {
      yield { type: 'records', unit: { ...EMPTY_UNIT, samples: [{ key: id, source: 'BATCH' }] }, of: [id] };
      yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
    }
  },
});

const server = await startScriptedServer(({ path }) => (path === '/' ? { body: 'ok' } : { status: 404 }));
const clock = createFakeClock();
same<typeof clock.sleeps, readonly number[]>();
storeContract((_name: string, _run: () => Promise<void>) => undefined, { open: async () => project.store });
export const used = [size, query, columns, server.url, aSample({ key: 'GSM2' }).title, serializerContract];
