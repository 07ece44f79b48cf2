import { expect, test } from 'vitest';
import { type AtomicSettings, dispatchAtomically } from '../../src/dispatcher/dispatch-atomically.ts';
import type { Handler, HandlerContext } from '../../src/ports/handler.ts';
import type { CellineEvent, OutcomeRow } from '../../src/ports/reporter.ts';
import { keysOf } from '../../src/testing/contract/store-records.ts';
import { askingJob } from './asking-job.ts';
import { dispatchSettings } from './dispatch-settings.ts';
import { answerAll, scriptedHandler } from './scripted-handler.ts';

const SAMPLES = { table: 'samples' as const };

function scene(handler: Handler) {
  const events: CellineEvent[] = [];
  const given = dispatchSettings([handler], events);
  const { store } = given;
  const run = async (ids: readonly string[], signal = given.signal): Promise<OutcomeRow[]> => {
    const contextOf = () => ({ signal, memo: new Map(), full: false }) as unknown as HandlerContext;
    const job = askingJob({ ...given, signal }, store);
    const settings: AtomicSettings = { ...given, store, signal, contextOf, job };
    const rows: OutcomeRow[] = [];
    for await (const row of dispatchAtomically(ids, settings)) rows.push(row);
    return rows;
  };
  return { store, events, run };
}

/** Answers every id with one sample, but TEST404. */
const but404 = scriptedHandler({
  batchSize: 2,
  async *script(ids) {
    yield* answerAll(ids.filter((id) => id !== 'TEST404'));
    if (ids.includes('TEST404')) {
      yield { type: 'outcome', id: 'TEST404', outcome: 'not_found', key: null, reason: 'not there' };
    }
  },
});

test('001-17 all good: one commit after that of the job, then the rows; answers wait as staged until then', async () => {
  const { store, events, run } = scene(but404);
  const rows = await run(['TEST1', 'TEST2', 'TEST3', 'TEST1']);
  expect(rows.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual(
    expect.arrayContaining([
      ['TEST1', 'added', null],
      ['TEST1', 'added', 'duplicate'],
      ['TEST3', 'added', null],
    ]),
  );
  expect(await keysOf(store, SAMPLES)).toEqual(['TEST1', 'TEST2', 'TEST3']);
  const kinds = events.map(({ type }) => type).filter((type) => !['log', 'started', 'job'].includes(type));
  const end = kinds.indexOf('committed');
  expect(events.find(({ type }) => type === 'committed')).toMatchObject({ samples: 3, runs: 0, sequence: 2 });
  expect(new Set(kinds.slice(0, end))).toEqual(new Set(['staged']));
  expect(kinds.slice(end + 1)).toEqual(Array(4).fill('answered'));
});

test('001-17 one bad: nothing is kept, every other id names the one that was bad, all are asked', async () => {
  const { store, run } = scene(but404);
  await store.commit({ units: [], asked: [], at: '2026-01-01T00:00:00.000Z' });
  const rows = await run(['TEST404', 'TEST1', 'TEST2', 'nonsense']);
  const reason = 'rolled back (--atomic): nonsense is invalid';
  expect(Object.fromEntries(rows.map((row) => [row.id, [row.outcome, row.key, row.reason]]))).toEqual({
    TEST1: ['not_tried', null, reason],
    TEST2: ['not_tried', null, reason],
    TEST404: ['not_found', null, 'not there'],
    nonsense: ['invalid', null, expect.any(String)],
  });
  expect(await keysOf(store, SAMPLES)).toEqual([]);
  expect((await store.asked(['TEST1', 'TEST404'])).size).toBe(0);
});

test('what was there before stays, also when its answer was fresh', async () => {
  const { store, run } = scene(but404);
  await run(['TEST1']);
  const rows = await run(['TEST1', 'TEST2', 'TEST404']);
  expect(rows.map(({ outcome }) => outcome).sort()).toEqual(['not_found', 'not_tried', 'not_tried']);
  expect(await keysOf(store, SAMPLES)).toEqual(['TEST1']);
  expect((await store.asked(['TEST1'])).get('TEST1')?.outcome).toBe('added');
});

test('a stop rolls back and says so', async () => {
  const stop = new AbortController();
  const handler = scriptedHandler({
    batchSize: 1,
    async *script(ids) {
      yield* answerAll(ids);
      if (ids.includes('TEST2')) stop.abort(new Error('Ctrl-C'));
    },
  });
  const { store, run } = scene(handler);
  const rows = await run(['TEST1', 'TEST2', 'TEST3', 'TEST4', 'TEST5', 'TEST6'], stop.signal);
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['not_tried']));
  expect(rows.map(({ reason }) => reason)).toContain('rolled back (--atomic): stopped');
  expect(await keysOf(store, SAMPLES)).toEqual([]);
});

test('a store that fails ends the command with its error, and the transaction is rolled back', async () => {
  const { store, run } = scene(but404);
  const begin = store.begin;
  const failing = async () => ({
    ...(await begin()),
    isOpen: true,
    commit: () => Promise.reject(new Error('disk full')),
  });
  Object.assign(store, { begin: failing });
  await expect(run(['TEST1'])).rejects.toThrow('disk full');
  expect(await keysOf(store, SAMPLES)).toEqual([]);
});
