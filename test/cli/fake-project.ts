import type { ExportReport, ExportSource, ExportTarget } from '../../src/export/export-type.ts';
import type { ImportOptions, ImportProblem, ImportReport } from '../../src/import/import-type.ts';
import type { CacheCare } from '../../src/ports/cache-care.ts';
import type { Difference } from '../../src/ports/comparison.ts';
import type { Jobs } from '../../src/ports/jobs.ts';
import type { NamedQuery, Query, QueryAnswer, QueryParameters, SlowQuery } from '../../src/ports/query.ts';
import type { OutcomeRow } from '../../src/ports/reporter.ts';
import type { Selection, Store } from '../../src/ports/store.ts';
import type { StoreCare } from '../../src/ports/store-care.ts';
import type { OpenProjectSettings } from '../../src/project/open-project-settings.ts';
import type {
  AddOptions,
  AddressFacts,
  Check,
  DiffOptions,
  HttpStats,
  NoteRequest,
  Project,
  RecordView,
} from '../../src/project/project.ts';
import { createRepositories } from '../../src/project/repositories/repositories.ts';
import type { OutcomeName } from '../../src/records/asked.ts';
import type { FileRow } from '../../src/records/file.ts';
import type { RunRow } from '../../src/records/run.ts';
import type { SampleRow } from '../../src/records/sample.ts';
import type { Row } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';

/** What was called, for tests that look at what a command asked. */
export interface Calls {
  settings: OpenProjectSettings[];
  add: { ids: readonly string[]; options: AddOptions }[];
  asked: unknown[];
  selections: Selection[];
  sql: { sql: string; parameters: QueryParameters }[];
  removed: { names: readonly string[]; options: unknown }[];
  noted: NoteRequest[];
  compared: DiffOptions[];
  readonly exported: { source: ExportSource; target: ExportTarget }[];
  readonly imported: { paths: readonly string[]; options: ImportOptions }[];
  closed: number;
}

/** What the fake knows; everything else is empty. */
export interface Known {
  readonly jobs?: Jobs;
  answers?: Readonly<Record<string, Partial<OutcomeRow>>>;
  rows?: readonly Row[];
  answer?: { columns: QueryAnswer['columns']; rows: Row[] };
  views?: readonly RecordView[];
  files?: readonly FileRow[];
  /** What hosts say, or what gives it one by one. */
  readonly addresses?: readonly AddressFacts[] | ((signal: AbortSignal | undefined) => AsyncIterable<AddressFacts>);
  unknown?: readonly string[];
  differences?: readonly Difference[];
  checks?: readonly Check[];
  failed?: readonly string[];
  behind?: number;
  named?: readonly NamedQuery[];
  slow?: readonly SlowQuery[];
  http?: HttpStats;
  care?: Partial<StoreCare>;
  cache?: Partial<CacheCare>;
  /** Called before each answer of `add`. */
  beforeAnswer?: (id: string, settings: OpenProjectSettings) => void | Promise<void>;
  readonly exported?: ExportReport;
  readonly imported?: readonly ImportReport[];
  readonly problems?: readonly ImportProblem[];
}

const provenance = {
  handler: 'geo',
  fetched_at: '2026-01-02T03:04:05.000Z',
  response_hash: 'ab',
  created_at: null,
  updated_at: null,
};

/** A stored sample. */
export const SAMPLE: SampleRow = {
  key: 'GSM1',
  title: 'brain, day 3',
  organism: 'Mus musculus',
  tissue: 'brain',
  cell_type: null,
  library_strategy: 'RNA-Seq',
  library_source: null,
  library_selection: null,
  platform: 'ILLUMINA',
  instrument: null,
  parent: 'GSE1',
  children: 'SRR1',
  species: 'Mus musculus',
  date: '2021-03-04',
  source: 'GEO',
  taxon_id: 10090,
  description: null,
  attributes: { tissue: ['brain'], 'cell line': ['a', 'b'] },
  access: 'public',
  url: null,
  geo_characteristics: null,
  geo_protocols: null,
  geo_data_processing: null,
  ...provenance,
};

/** A stored run of it. */
export const RUN: RunRow = {
  key: 'SRR1',
  title: 'run',
  strategy: 'RNA-Seq',
  raw_link: null,
  parent: 'GSM1',
  file_type: 'fastq',
  file_size: 12n,
  source: 'INSDC',
  experiment: 'SRX1',
  project: 'GSE1',
  layout: 'PAIRED',
  library_source: null,
  library_selection: null,
  spots: 1_200_000n,
  bases: null,
  read_lengths: null,
  platform: 'ILLUMINA',
  instrument: 'NextSeq 500',
  date: null,
  access: 'public',
  ...provenance,
};

/** A file of the run. */
export function fileRow(name: string, more: Partial<FileRow> = {}): FileRow {
  return {
    key: `SRR1/generated/${name}`,
    parent: 'SRR1',
    name,
    role: 'R1',
    read_number: 1,
    format: 'fastq',
    origin: 'generated',
    urls: [`https://host.example/${name}`, `ftp://mirror.example/${name}`],
    md5: '0cc175b9c0f1b6a831c399e269772661',
    bytes: 1500n,
    access: 'public',
    access_note: null,
    source: 'INSDC',
    ...provenance,
    ...more,
  };
}

/** Opens a project that lives in memory and knows what it is told. */
export function fakeProject(known: Known = {}): {
  calls: Calls;
  open: (settings: OpenProjectSettings) => Promise<Project>;
} {
  const calls: Calls = {
    settings: [],
    add: [],
    asked: [],
    selections: [],
    sql: [],
    removed: [],
    noted: [],
    compared: [],
    exported: [],
    imported: [],
    closed: 0,
  };
  const open = async (settings: OpenProjectSettings): Promise<Project> => {
    calls.settings.push(settings);
    return createProject(known, calls, settings);
  };
  return { calls, open };
}

function createProject(known: Known, calls: Calls, settings: OpenProjectSettings): Project {
  return {
    root: settings.cwd,
    httpStats: async () => known.http ?? { from: null, lines: 0, endpoints: [] },
    add(ids, options = {}) {
      calls.add.push({ ids, options });
      return answers(ids, known, settings);
    },
    plan: async (ids) => ({
      handlers: [
        { handler: 'geo', ids: ids.length, requests: [{ operator: 'ncbi', requests: 2, upTo: 40, what: 'packages' }] },
      ],
      fresh: 1,
      refused: [outcomeRow('GSX', { outcome: 'invalid', reason: 'no accession' })],
      duplicates: 0,
      seconds: 75,
      secondsUpTo: 100,
    }),
    async askedIds(filter) {
      calls.asked.push(filter);
      return known.failed ?? [];
    },
    resolve: async (ids) =>
      ids.map((given) => {
        const isKnown = /^GSM\d+$/i.test(given);
        return {
          given,
          id: isKnown ? given.toUpperCase() : null,
          archive: isKnown ? 'GEO' : null,
          level: isKnown ? 'sample' : null,
          handlers: isKnown ? ['geo', 'mirror'] : [],
          reason: isKnown ? null : 'no accession',
        };
      }),
    show: async (name) => (known.views ?? []).filter((view) => view.record.key === name),
    async *showAll(names) {
      for (const name of names) yield { name, views: (known.views ?? []).filter((view) => view.record.key === name) };
    },
    async exportTable(source, target) {
      calls.exported.push({ source, target });
      return known.exported ?? { rows: 0, bytes: 0, cut: { count: 0, first: [] } };
    },
    async *importTables(paths, options = {}) {
      calls.imported.push({ paths, options });
      for (const problem of known.problems ?? []) await options.onProblem?.(problem);
      yield* known.imported ?? [];
    },
    async diff(options = {}) {
      calls.compared.push(options);
      const point = (sequence: number) => ({
        sequence,
        at: `2026-01-0${sequence}T03:04:05.000Z`,
        command: `command ${sequence}`,
      });
      async function* differences() {
        yield* known.differences ?? [];
      }
      return { from: point(1), to: point(2), unknown: known.unknown ?? [], differences: differences() };
    },
    async annotate(notes) {
      calls.noted.push(...notes);
      const made = notes.map(({ id, name, value }) => ({ key: id, name, value, change: 'added' as const }));
      return { notes: made, unknown: known.unknown ?? [] };
    },
    files: async () => ({ files: known.files ?? [], unknown: known.unknown ?? [] }),
    async *checkFiles(_files, { signal } = {}) {
      const { addresses = [] } = known;
      yield* typeof addresses === 'function' ? addresses(signal) : addresses;
    },
    async remove(names, options) {
      calls.removed.push({ names, options });
      return { removed: { samples: names.length }, unknown: known.unknown ?? [], notesKept: 0 };
    },
    search: async () => ({ hits: [], failed: [], asked: [HANDLER.name] }),
    handlers: async () => [HANDLER],
    registerHandler: () => undefined,
    unregisterHandler: () => false,
    async *testHandler() {
      yield { test: 'has every member of its form', passed: true, reason: null };
    },
    async *doctor() {
      yield* known.checks ?? [];
    },
    jobs: known.jobs ?? NO_JOBS,
    store: fakeStore(known, calls),
    records: createRepositories(fakeStore(known, calls), () => '2026-01-02T03:04:05.000Z'),
    query: async () => fakeQuery(known, calls),
    care: async () => ({ close: async () => undefined, ...known.care }) as StoreCare,
    cache: async () => ({ close: async () => undefined, ...known.cache }) as CacheCare,
    async close(ending) {
      calls.closed += 1;
      settings.reporter.emit({ type: 'ended', exitCode: 0, error: null, ...ending });
    },
  };
}

const NO_JOBS: Jobs = {
  list: async () => [],
  get: async () => null,
  below: async () => [],
  files: async () => [],
  ids: async () => [],
  track: async () => {
    throw new Error('the fake project tracks no jobs');
  },
  cancel: async () => undefined,
  remove: async () => 0,
};

const HANDLER = {
  name: 'geo',
  description: 'GEO at NCBI',
  priority: 0,
  builtIn: true,
  state: 'ready' as const,
  unavailable: null,
  source: 'GEO',
  patterns: [{ level: 'sample' as const, pattern: /^GSM\d+$/, example: 'GSM5764259' }],
  hosts: [{ host: 'eutils.ncbi.nlm.nih.gov', operator: 'ncbi', perSecond: 3, source: 'NBK25497' }],
  auth: 'no key',
  url: null,
};

async function* answers(
  ids: readonly string[],
  known: Known,
  settings: OpenProjectSettings,
): AsyncIterable<OutcomeRow> {
  settings.reporter.emit({ type: 'started', ids: ids.length });
  for (const id of ids) {
    await known.beforeAnswer?.(id, settings);
    const row = settings.signal.aborted
      ? outcomeRow(id, { outcome: 'not_tried', reason: 'stopped' })
      : outcomeRow(id, known.answers?.[id] ?? {});
    settings.reporter.emit({ type: 'answered', row });
    yield row;
  }
}

function outcomeRow(id: string, more: Partial<OutcomeRow>): OutcomeRow {
  return { id, outcome: 'added', key: id, runs: 1, files: 2, reason: null, ...more };
}

function fakeStore(known: Known, calls: Calls): Store {
  const store: Partial<Store> = {
    async *select(selection) {
      calls.selections.push(selection);
      const rows = known.rows ?? [];
      if (rows.length > 0) yield [...rows];
    },
    count: async ({ table }) => (table === 'annotations' ? 0 : (known.rows?.length ?? 0)),
    plainTables: async () => [
      { name: 'GEO_SAMPLES', path: 'DB/GEO_SAMPLES.parquet', rows: 3, behind: known.behind ?? 0 },
    ],
    columns: async (table) => TABLES[table].columns,
    outcomes: async () => new Map<OutcomeName, number>([['added', 2]]),
  };
  return store as Store;
}

function fakeQuery(known: Known, calls: Calls): Query {
  const answer = known.answer ?? { columns: [], rows: [] };
  return {
    async run(sql, parameters = []) {
      calls.sql.push({ sql, parameters });
      return {
        columns: answer.columns,
        engineMs: () => 12,
        async *rows() {
          if (answer.rows.length > 0) yield answer.rows;
        },
      };
    },
    async writeParquet(sql, parameters, path) {
      calls.sql.push({ sql: `${sql} -> ${path}`, parameters });
      return answer.rows.length;
    },
    parametersOf: async (sql) => [...new Set([...sql.matchAll(/\$(\w+)/g)].map(([, name = '']) => name))],
    views: () => [],
    named: async () => known.named ?? [],
    slowest: async () => known.slow ?? [],
    async close() {},
  };
}
