import { describe, expect, test } from 'vitest';
import { levelOf } from '../../src/log/level-of.ts';
import { createLineMaker } from '../../src/log/log-lines.ts';
import type { CellineEvent, JobEvent, OutcomeRow } from '../../src/ports/reporter.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const CONTEXT = { command: 'add GSM1', by: 'ada@lab', pid: 7 };

const answered = (outcome: OutcomeRow['outcome'], reason: string | null = null): CellineEvent => ({
  type: 'answered',
  row: { id: 'GSM1', outcome, key: null, runs: 0, files: 0, reason },
});

const exchange: CellineEvent = {
  type: 'exchange',
  at: '2026-01-02T03:04:05.000Z',
  handler: 'geo',
  operator: 'NCBI',
  method: 'GET',
  url: 'https://host.example/x',
  label: null,
  status: 200,
  bytes: 12,
  error: null,
  sent: 1,
  cache: 'miss',
  ms: 3,
  waitedMs: { slot: 0, refusal: 0, retry: 0, circuit: 0 },
};

const job = (change: JobEvent['change']): JobEvent => ({
  type: 'job',
  change,
  job: '7',
  parent: null,
  task: 'add',
  done: 0,
  ids: 2,
  reason: null,
});

const written: CellineEvent = {
  type: 'written',
  kind: 'commit',
  by: 'ada@lab',
  job: '7.2',
  sequence: 4,
  tables: { GEO_SAMPLES: { added: 2, updated: 1, removed: 0 }, INSDC_RUNS: { added: 0, updated: 0, removed: 3 } },
};

describe('003-19: a line says who, when, what and how much', () => {
  test('a write: one line per table, with job, command and rows', () => {
    const lines = createLineMaker(CONTEXT, 'info').linesOf(written, NOW);
    const common = {
      time: '2026-01-02T03:04:05.000Z',
      level: 'info',
      event: 'written',
      command: 'add GSM1',
      by: 'ada@lab',
      pid: 7,
      job: '7.2',
      kind: 'commit',
      sequence: 4,
    };
    expect(lines).toMatchObject([
      { ...common, table: 'GEO_SAMPLES', rows: 3, added: 2, updated: 1, removed: 0 },
      { ...common, table: 'INSDC_RUNS', rows: 3, added: 0, updated: 0, removed: 3 },
    ]);
  });

  test('002-23 a fetch names handler, operator, address, status, size and what the cache had', () => {
    expect(createLineMaker(CONTEXT, 'info').linesOf(exchange, NOW)).toMatchObject([
      {
        handler: 'geo',
        operator: 'NCBI',
        status: 200,
        message: 'GET https://host.example/x: 200 (12 B, cache miss)',
      },
    ]);
  });

  test('004-12 lines of a child carry its number, those after it the number of the command', () => {
    const maker = createLineMaker(CONTEXT, 'debug');
    expect(maker.linesOf(answered('added'), NOW)[0]?.job).toBeNull();
    expect(maker.linesOf(written, NOW)[0]?.job).toBe('7.2');
    expect(maker.linesOf(answered('added'), NOW)[0]?.job).toBe('7');
  });

  test('004-12 what is said about an id carries the number of its job', () => {
    const maker = createLineMaker(CONTEXT, 'info');
    const child = { ...job('finished'), job: '7.2', parent: '7', task: 'GSM1' };
    expect(maker.linesOf(child, NOW)).toEqual([]);
    expect(maker.linesOf(answered('added'), NOW)[0]).toMatchObject({ job: '7.2', message: 'GSM1: added' });
    expect(maker.linesOf(answered('added'), NOW)[0]).toMatchObject({ job: '7' });
  });

  test('004-11 a job is told from its beginning to its end', () => {
    const maker = createLineMaker(CONTEXT, 'info');
    const texts = (['created', 'running', 'progress', 'partial'] as const)
      .flatMap((change) => maker.linesOf(job(change), NOW))
      .map(({ level, message }) => `${level} ${message}`);
    expect(texts).toEqual(['info job 7 (add) created', 'info job 7 (add) running', 'warn job 7 (add) partial']);
  });

  test('the number is remembered from events that are not logged', () => {
    const maker = createLineMaker(CONTEXT, 'warn');
    expect(maker.linesOf(written, NOW)).toEqual([]);
    expect(maker.linesOf({ type: 'warning', message: 'w' }, NOW)[0]?.job).toBe('7');
  });

  test('000-46 each record that changed is a line for debug', () => {
    const committed: CellineEvent = {
      type: 'committed',
      samples: 1,
      runs: 2,
      sequence: 1,
      records: [
        { table: 'samples', key: 'GSM1', change: 'updated' },
        { table: 'runs', key: 'SRR1', change: 'added' },
        { table: 'runs', key: 'SRR2', change: 'unchanged' },
      ],
    };
    const texts = (least: 'debug' | 'info') =>
      createLineMaker(CONTEXT, least)
        .linesOf(committed, NOW)
        .map(({ message }) => message);
    expect(texts('info')).toEqual([]);
    expect(texts('debug')).toEqual(['sample GSM1 updated', 'run SRR1 added']);
  });
});

test.each<[string, CellineEvent]>([
  ['debug', { ...exchange, sent: 0, cache: 'hit' }],
  ['info', exchange],
  ['warn', { ...exchange, status: null, error: 'network_error' }],
  ['info', answered('added')],
  ['info', answered('not_tried')],
  ['warn', answered('not_found', 'unknown')],
  ['info', written],
  ['debug', { ...written, kind: 'compaction' }],
  ['debug', { ...written, tables: {} }],
  ['warn', { type: 'warning', message: 'w' }],
  ['error', { type: 'log', level: 'error', message: 'e' }],
  ['info', { type: 'ended', exitCode: 3, error: null }],
  ['error', { type: 'ended', exitCode: 2, error: { name: 'ConfigError', message: 'm', hint: null } }],
  ['debug', { type: 'request', operator: 'NCBI', url: 'https://host.example', attempt: 1 }],
])('003-26 level %s: %j', (level, event) => {
  expect(levelOf(event)).toBe(level);
});
