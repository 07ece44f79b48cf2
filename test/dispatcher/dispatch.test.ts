import { expect, test } from 'vitest';
import { type DispatchSettings, dispatch } from '../../src/dispatcher/dispatch.ts';
import { NetworkError } from '../../src/errors/network-error.ts';
import type { Handler, HandlerContext } from '../../src/ports/handler.ts';
import type { CellineEvent, OutcomeRow } from '../../src/ports/reporter.ts';
import type { Store } from '../../src/ports/store.ts';
import { TEST_CLOCK } from '../store/open-test-store.ts';
import { askingJob } from './asking-job.ts';
import { dispatchSettings } from './dispatch-settings.ts';
import { answerAll, sampleUnit, scriptedHandler } from './scripted-handler.ts';

interface Scene {
  readonly store: Store;
  readonly events: CellineEvent[];
  run(ids: readonly string[], more?: Partial<DispatchSettings>): Promise<OutcomeRow[]>;
}

function scene(...handlers: Handler[]): Scene {
  const events: CellineEvent[] = [];
  const settings = dispatchSettings(handlers, events);
  const { store } = settings;
  return {
    store,
    events,
    async run(ids, more = {}) {
      const rows: OutcomeRow[] = [];
      const all = { ...settings, ...more };
      if (more.signal) all.contextOf = () => ({ signal: more.signal, memo: new Map() }) as unknown as HandlerContext;
      for await (const row of dispatch(ids, all)) rows.push(row);
      return rows;
    },
  };
}

const outcomes = (rows: readonly OutcomeRow[]) => Object.fromEntries(rows.map((row) => [row.id, row.outcome]));

test('000-32, 000-49 one row per id as given; duplicates share the outcome and cost no request', async () => {
  const handler = scriptedHandler();
  const rows = await scene(handler).run(['TEST1', 'test1 ', 'TEST2', 'nonsense', 'TEST1']);
  expect(rows).toHaveLength(5);
  expect(rows.filter((row) => row.key === 'TEST1').map((row) => [row.id, row.reason])).toEqual([
    ['TEST1', null],
    ['test1 ', 'duplicate'],
    ['TEST1', 'duplicate'],
  ]);
  expect(handler.calls).toEqual([['TEST1', 'TEST2']]);
});

test('an id is cut into calls of the batch size, in the order asked; a form may have a smaller one', async () => {
  const patterns = [
    { level: 'sample' as const, pattern: /^TEST\d+$/, example: 'TEST1' },
    { level: 'project' as const, pattern: /^PROJECT\d+$/, example: 'PROJECT1', batchSize: 1 },
  ];
  const handler = scriptedHandler({ batchSize: 2, patterns });
  await scene(handler).run(['TEST1', 'PROJECT1', 'TEST2', 'TEST3', 'PROJECT2']);
  expect(handler.calls).toEqual([['TEST1', 'TEST2'], ['PROJECT1'], ['TEST3'], ['PROJECT2']]);
});

test('004-11, 000-33 added, then unchanged without a call, then asked again by force', async () => {
  const handler = scriptedHandler();
  const { run } = scene(handler);
  expect(outcomes(await run(['TEST1']))).toEqual({ TEST1: 'added' });
  expect(outcomes(await run(['TEST1']))).toEqual({ TEST1: 'unchanged' });
  expect(handler.calls).toHaveLength(1);
  expect(outcomes(await run(['TEST1'], { force: true }))).toEqual({ TEST1: 'unchanged' });
  expect(handler.calls).toHaveLength(2);
});

test('000-38 --force says what changed', async () => {
  let title = 'old';
  const handler = scriptedHandler({
    async *script(ids) {
      for (const id of ids) {
        yield { type: 'records', unit: sampleUnit(id, { title }), of: [id] };
        yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
      }
    },
  });
  const { run } = scene(handler);
  await run(['TEST1']);
  title = 'new';
  const [row] = await run(['TEST1'], { force: true });
  expect(row).toMatchObject({ outcome: 'updated', reason: 'changed: title' });
});

test('000-30, 000-52 a handler that throws costs only the ids it had not answered', async () => {
  const handler = scriptedHandler({
    batchSize: 3,
    async *script(ids) {
      yield* answerAll(ids.slice(0, 1));
      if (ids.includes('TEST2')) throw new TypeError('boom');
      yield* answerAll(ids.slice(1));
    },
  });
  const { run, store } = scene(handler);
  const rows = await run(['TEST1', 'TEST2', 'TEST3', 'TEST4', 'TEST5', 'TEST6']);
  expect(outcomes(rows)).toEqual({
    TEST1: 'added',
    TEST2: 'internal_error',
    TEST3: 'internal_error',
    TEST4: 'added',
    TEST5: 'added',
    TEST6: 'added',
  });
  expect(rows.find((row) => row.id === 'TEST2')?.reason).toBe('boom');
  expect(await store.get('samples', ['TEST1', 'TEST4'])).toHaveLength(2);
});

test('000-18 an error of the network is named for each open id, and asked again next time', async () => {
  let broken = true;
  const handler = scriptedHandler({
    async *script(ids) {
      if (broken) throw new NetworkError('nobody answers');
      yield* answerAll(ids);
    },
  });
  const { run } = scene(handler);
  expect(await run(['TEST1'])).toMatchObject([{ outcome: 'network_error', reason: 'nobody answers' }]);
  broken = false;
  expect(await run(['TEST1'])).toMatchObject([{ outcome: 'added' }]);
});

test('an id that the handler forgets is answered all the same, and one it invents is passed over', async () => {
  const handler = scriptedHandler({
    async *script() {
      yield { type: 'outcome', id: 'OTHER', outcome: 'added', key: 'OTHER', reason: null };
    },
  });
  const rows = await scene(handler).run(['TEST1']);
  expect(rows).toMatchObject([{ id: 'TEST1', outcome: 'internal_error', reason: 'the handler test gave no answer' }]);
});

/** PROJECT1 is made of PROJECT2 and PROJECT3. */
function superHandler(below: Record<string, string[]>, bad: ReadonlySet<string> = new Set()) {
  return scriptedHandler({
    patterns: [{ level: 'project', pattern: /^PROJECT\d+$/, example: 'PROJECT1' }],
    async *script(ids) {
      for (const id of ids) {
        const unit = { ...sampleUnit(`${id}-S`), projects: [{ key: id, source: 'TEST', title: id }] };
        yield { type: 'records', unit, of: [id] };
        if (below[id]) yield { type: 'next', of: id, ids: below[id] };
        if (bad.has(id)) yield { type: 'outcome', id, outcome: 'http_error', key: null, reason: 'status 500' };
        else yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
      }
    },
  });
}

test('ids below an asked one are walked once, pooled, and answered before it', async () => {
  const handler = superHandler({ PROJECT1: ['PROJECT2', 'PROJECT3'], PROJECT4: ['PROJECT3'] });
  const { run, store } = scene(handler);
  const rows = await run(['PROJECT1', 'PROJECT4']);
  expect(outcomes(rows)).toEqual({ PROJECT1: 'added', PROJECT4: 'added' });
  expect(handler.calls).toEqual([
    ['PROJECT1', 'PROJECT4'],
    ['PROJECT2', 'PROJECT3'],
  ]);
  const asked = await store.asked(['PROJECT1', 'PROJECT2', 'PROJECT3', 'PROJECT4']);
  expect(asked.size).toBe(4);
});

test('a part below that fails makes the whole partial, and names the part', async () => {
  const handler = superHandler({ PROJECT1: ['PROJECT2', 'PROJECT3'] }, new Set(['PROJECT3']));
  const [row] = await scene(handler).run(['PROJECT1']);
  expect(row).toMatchObject({ outcome: 'partial', reason: 'incomplete below it: PROJECT3 (http error)' });
});

test('ids that name each other as below are answered, not waited for', async () => {
  const handler = superHandler({ PROJECT1: ['PROJECT2'], PROJECT2: ['PROJECT1'] });
  expect(outcomes(await scene(handler).run(['PROJECT1']))).toEqual({ PROJECT1: 'added' });
});

test('a stop answers what is done and names the rest not tried; the rest is asked next time', async () => {
  const stop = new AbortController();
  const handler = scriptedHandler({
    batchSize: 1,
    async *script(ids) {
      yield* answerAll(ids);
      if (ids.includes('TEST2')) stop.abort();
    },
  });
  const { run } = scene(handler);
  const rows = await run(['TEST1', 'TEST2', 'TEST3', 'TEST4'], { signal: stop.signal, concurrency: 1 });
  expect(outcomes(rows)).toEqual({ TEST1: 'added', TEST2: 'added', TEST3: 'not_tried', TEST4: 'not_tried' });
  expect(outcomes(await run(['TEST1', 'TEST3']))).toEqual({ TEST1: 'unchanged', TEST3: 'added' });
});

test('a store that fails ends the command with its error; nothing is told that is not kept', async () => {
  const handler = scriptedHandler();
  const { run, store } = scene(handler);
  const failing: Store = { ...store, commit: () => Promise.reject(new Error('disk full')) };
  await expect(run(['TEST1', 'TEST2'], { store: failing })).rejects.toThrow('disk full');
});

test.each([
  ['004-13 ids that all fail', (): AbortController | null => null, 'internal_error'],
  ['004-19 ids that a stop leaves', () => new AbortController(), 'not_tried'],
] as const)('%s are not a commit each', async (_name, createStop, outcome) => {
  const stop = createStop();
  const handler = scriptedHandler({
    batchSize: 1,
    script() {
      stop?.abort();
      throw new TypeError('on purpose');
    },
  });
  const signal = stop?.signal ?? new AbortController().signal;
  const settings = { ...dispatchSettings([handler], [], signal), clock: TEST_CLOCK };
  let commits = 0;
  const store: Store = {
    ...settings.store,
    commit: (change) => {
      commits += 1;
      return settings.store.commit(change);
    },
  };
  const seen: string[] = [];
  const ids = Array.from({ length: 40 }, (_, index) => `TEST${index + 1}`);
  for await (const row of dispatch(ids, { ...settings, store, job: askingJob(settings, store) }))
    seen.push(row.outcome);
  expect(seen).toEqual(ids.map(() => outcome));
  // The one that gives the job its number, and the last.
  expect(commits).toBe(2);
});

test('answers are told only after the commit that holds them', async () => {
  const handler = scriptedHandler();
  const { run, store } = scene(handler);
  const committed: string[] = [];
  const watching: Store = {
    ...store,
    commit: async (change) => {
      const report = await store.commit(change);
      committed.push(...change.asked.map((row) => row.id));
      return report;
    },
  };
  const seen: boolean[] = [];
  const reporter = {
    emit: (event: CellineEvent) => event.type === 'answered' && seen.push(committed.includes(event.row.id)),
  };
  await run(['TEST1', 'TEST2', 'TEST3'], { store: watching, reporter });
  expect(seen).toEqual([true, true, true]);
});

test('003-13 whatever a handler brings: no control character, no link that nobody can fetch, and a warning that says so', async () => {
  const handler = scriptedHandler({
    async *script(ids) {
      for (const id of ids) {
        yield { type: 'records', unit: sampleUnit(id, { title: 'a\u001b[2Jb', url: 'javascript:alert(1)' }), of: [id] };
        yield { type: 'outcome', id, outcome: 'added', key: id, reason: null };
      }
    },
  });
  const { run, store, events } = scene(handler);
  await run(['TEST1']);
  expect(await store.get('samples', ['TEST1'])).toMatchObject([{ title: 'a[2Jb', url: null }]);
  const warnings = events.filter((event) => event.type === 'log' && event.level === 'warn');
  expect(warnings).toMatchObject([{ message: expect.stringContaining('TEST1: url was no http') }]);
});

test('004-15 rows stream: the first is there before the last call begins', async () => {
  let firstRow = () => {};
  const whenFirstRow = new Promise<void>((resolve) => {
    firstRow = resolve;
  });
  const handler = scriptedHandler({
    batchSize: 1,
    async *script(ids) {
      if (!['TEST1', 'TEST2', 'TEST3'].includes(ids[0] ?? '')) await whenFirstRow;
      yield* answerAll(ids);
    },
  });
  const ids = Array.from({ length: 30 }, (_, index) => `TEST${index + 1}`);
  const begun: number[] = [];
  for await (const _row of dispatch(ids, { ...dispatchSettings([handler], []), clock: TEST_CLOCK })) {
    begun.push(handler.calls.length);
    firstRow();
  }
  expect(begun[0]).toBe(6);
  expect([begun.length, begun.at(-1)]).toEqual([30, 30]);
});
