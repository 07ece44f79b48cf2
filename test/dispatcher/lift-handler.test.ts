import { describe, expect, test } from 'vitest';
import { liftHandler } from '../../src/dispatcher/lift-handler.ts';
import type {
  Handler,
  HandlerContext,
  HandlerEvent,
  HandlerOutcome,
  HttpRequest,
  RecordUnit,
  SmallHandler,
} from '../../src/ports/handler.ts';
import { HttpStatusError, NetworkError } from '../../src/ports/handler.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const FETCHED = '2026-11-21T11:00:00.000Z';

/** A service whose answers are values by path; an error is thrown, what has none is absent. */
function service(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const send = async (request: HttpRequest) => {
    const path = request.url.replace('https://lab.example.org/v1', '');
    asked.push(path);
    const value = answers[path];
    if (value instanceof Error) throw value;
    if (value === undefined) throw new HttpStatusError(404, 'not there');
    return { fetchedAt: FETCHED, body: { json: async () => value, text: async () => String(value) } };
  };
  return { asked, http: { send } };
}

interface Sample {
  readonly title: string;
  readonly runs?: readonly string[];
}

const small = (more: Partial<SmallHandler> = {}): SmallHandler => ({
  name: 'lab',
  source: 'LAB',
  baseUrl: 'https://lab.example.org/v1/',
  patterns: [
    { pattern: /^LAB\d+$/, example: 'LAB1' },
    { level: 'run', pattern: /^RUN\d+$/, example: 'RUN1' },
    { level: 'project', pattern: /^PRO\d+$/, example: 'PRO1' },
  ],
  async fetchSample(id, { http }) {
    const { title, runs } = await http.json<Sample>(`/samples/${id}`);
    return { title, children: runs };
  },
  fetchRun: async (id, { http }) => http.json(`runs/${id}`),
  fetchProject: async (id, { http }) => http.json(`/projects/${id}`),
  ...more,
});

async function ask(handler: Handler, ids: readonly string[], http: object, signal = new AbortController().signal) {
  const logged: string[] = [];
  const context = { http, signal, now: () => NOW, log: (line: string) => logged.push(line), options: {} };
  const events: HandlerEvent[] = [];
  for await (const event of handler.fetchBatch(ids, context as unknown as HandlerContext)) events.push(event);
  const outcomes = events.filter((event): event is HandlerOutcome => event.type === 'outcome');
  const units = events.flatMap((event): RecordUnit[] => (event.type === 'records' ? [event.unit] : []));
  return { events, outcomes: outcomes.map(({ id, outcome, reason }) => ({ id, outcome, reason })), units, logged };
}

const lift = (more?: Partial<SmallHandler>) => liftHandler(small(more), createFakeClock());

describe('a sample with its runs', () => {
  test('000-40 000-58 the sample and every run it names, in one unit, stamped with source and time of fetching', async () => {
    const { http, asked } = service({
      '/samples/LAB1': { title: 'one', runs: ['RUN1', 'RUN2'] },
      '/runs/RUN1': {
        strategy: 'RNA-Seq',
        raw_link: ['https://x.org/a,b_1.fq', 'https://x.org/b_2.fq'],
        file_size: 12e9,
      },
      '/runs/RUN2': { raw_link: 'https://x.org/c.fq', parent: 'LAB1' },
    });
    const { units, outcomes } = await ask(lift(), ['LAB1'], http);
    expect(outcomes).toEqual([{ id: 'LAB1', outcome: 'added', reason: null }]);
    expect(asked).toEqual(['/samples/LAB1', '/runs/RUN1', '/runs/RUN2']);
    expect(units).toHaveLength(1);
    expect(units[0]?.samples).toEqual([
      { key: 'LAB1', source: 'LAB', title: 'one', children: 'RUN1,RUN2', fetched_at: FETCHED },
    ]);
    expect(units[0]?.runs[0]).toMatchObject({
      key: 'RUN1',
      parent: 'LAB1',
      file_size: 12_000_000_000n,
      raw_link: 'https://x.org/a%2Cb_1.fq,https://x.org/b_2.fq',
    });
    expect(units[0]?.files.map(({ key }) => key)).toEqual([
      'RUN1/submitted/a%2Cb_1.fq',
      'RUN1/submitted/b_2.fq',
      'RUN2/submitted/c.fq',
    ]);
    expect(units[0]?.complete).toContainEqual({ table: 'runs', parent: 'LAB1' });
  });

  test('000-41 000-58 a sample that is not there leaves nothing, and no run is asked for', async () => {
    const { http, asked } = service({});
    const { events, outcomes } = await ask(lift(), ['LAB1'], http);
    expect(outcomes).toEqual([{ id: 'LAB1', outcome: 'not_found', reason: null }]);
    expect(events).toHaveLength(1);
    expect(asked).toEqual(['/samples/LAB1']);
  });

  test('000-42 a run that fails is named; sample and other runs stay, and stored runs are not taken away', async () => {
    const { http } = service({
      '/samples/LAB1': { title: 'one', runs: ['RUN1', 'RUN2', 'RUN3'] },
      '/runs/RUN1': {},
      '/runs/RUN3': new NetworkError('no route'),
    });
    const { units, outcomes } = await ask(lift(), ['LAB1'], http);
    const reason = '2 runs missing: RUN2 (not found), RUN3 (network error)';
    expect(outcomes).toEqual([{ id: 'LAB1', outcome: 'partial', reason }]);
    expect(units[0]?.runs.map(({ key }) => key)).toEqual(['RUN1']);
    expect(units[0]?.complete.filter(({ table }) => table === 'runs')).toEqual([]);
  });

  test.each([
    { runs: [], outcome: 'no_runs', isComplete: true },
    { runs: undefined, outcome: 'added', isComplete: false },
    { runs: null, outcome: 'added', isComplete: false },
  ])('a sample whose runs are $runs is $outcome', async ({ runs, outcome, isComplete }) => {
    const { http } = service({ '/samples/LAB1': { title: 'one', runs } });
    const { units, outcomes } = await ask(lift(), ['LAB1'], http);
    expect(outcomes).toEqual([{ id: 'LAB1', outcome, reason: null }]);
    expect(units[0]?.complete.some(({ table }) => table === 'runs')).toBe(isComplete);
  });

  test('runs that come with the sample are not asked for again', async () => {
    const { http, asked } = service({});
    const handler = lift({ fetchSample: async () => ({ runs: [{ key: 'RUN1', strategy: 'WGS' }] }) });
    const { units } = await ask(handler, ['LAB1'], http);
    expect(units[0]?.samples[0]?.children).toBe('RUN1');
    expect(units[0]?.runs[0]).toMatchObject({ key: 'RUN1', strategy: 'WGS', parent: 'LAB1' });
    expect(asked).toEqual([]);
  });
});

describe('runs and projects that are asked for themselves', () => {
  test('a run brings the row of its sample', async () => {
    const { http } = service({
      '/runs/RUN1': { parent: 'LAB1' },
      '/samples/LAB1': { title: 'one', runs: ['RUN1', 'RUN2'] },
    });
    const { units, outcomes } = await ask(lift(), ['RUN1'], http);
    expect(outcomes).toEqual([{ id: 'RUN1', outcome: 'added', reason: null }]);
    expect(units[0]?.samples[0]).toMatchObject({ key: 'LAB1', children: 'RUN1,RUN2' });
    expect(units[0]?.complete.some(({ table }) => table === 'runs')).toBe(false);
  });

  test('a project leads down to its samples', async () => {
    const { http } = service({ '/projects/PRO1': { title: 'all', children: 'LAB1, LAB2,' } });
    const { events } = await ask(lift(), ['PRO1'], http);
    expect(events).toContainEqual({ type: 'next', of: 'PRO1', ids: ['LAB1', 'LAB2'] });
  });
});

describe('what must not be', () => {
  test('000-06 a foreign id is refused without a request', async () => {
    const { http, asked } = service({});
    const { outcomes } = await ask(lift(), ['GSM1'], http);
    expect(outcomes).toEqual([{ id: 'GSM1', outcome: 'no_handler', reason: 'lab does not claim it' }]);
    expect(asked).toEqual([]);
  });

  test('000-05 an id that the own check refuses is invalid, with its reason', async () => {
    const handler = lift({ validate: (id) => (id === 'LAB7' ? 'its checksum is wrong' : id !== 'LAB8') });
    expect(handler.validate?.('LAB1')).toBeNull();
    expect(handler.validate?.('LAB7')).toBe('its checksum is wrong');
    expect(handler.validate?.('LAB8')).toBe('lab says that it is no valid id');
    const { outcomes } = await ask(handler, ['LAB7'], service({}).http);
    expect(outcomes[0]?.outcome).toBe('invalid');
  });

  test.each([
    [{ file_size: 'big' }, 'file_size is "big", not a whole number'],
    [{ raw_link: 7 }, 'raw_link is no list of addresses'],
    [{ key: 3 }, 'key is number 3, not text'],
    [{ source: 'GEO' }, 'source is written by celline itself'],
    [{ spotz: 1 }, 'the table has no column spotz'],
    [{ title: 5 }, 'column title cannot hold number 5'],
    [{ files: [{}] }, 'url is neither an address nor a list of them'],
    ['junk', 'record is "junk", not an object'],
  ])('003-06, 002-19 a wrong field %j refuses the record by its name', async (run, message) => {
    const { http } = service({
      '/samples/LAB1': { title: 'one', runs: ['RUN1'] },
      '/runs/RUN1': run,
      '/samples/LAB2': { title: 'two' },
    });
    const { units, outcomes } = await ask(lift(), ['LAB1', 'LAB2'], http);
    expect(outcomes[0]).toMatchObject({ id: 'LAB1', outcome: 'internal_error' });
    expect(outcomes[0]?.reason).toContain(message);
    expect(outcomes[1]).toMatchObject({ id: 'LAB2', outcome: 'added' });
    expect(units.flatMap(({ samples }) => samples.map(({ key }) => key))).toEqual(['LAB2']);
  });

  test('000-30 an exception costs its id alone and leaves its stack in the log', async () => {
    const handler = lift({
      fetchSample: (id) => {
        if (id === 'LAB1') throw new TypeError('undefined is no object');
        return Promise.resolve({ title: id });
      },
    });
    const { outcomes, logged } = await ask(handler, ['LAB1', 'LAB2'], service({}).http);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['internal_error', 'added']);
    expect(logged.join()).toContain('lift-handler.test.ts');
  });

  test('a call that hangs is given up after its deadline, and what it asks later is refused', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const handler = lift({
      deadline: 2,
      fetchSample: (_id, { http, signal }) => {
        late = new Promise((resolve) => signal.addEventListener('abort', resolve)).then(() => http.json('/late'));
        late.catch(() => {});
        return new Promise(() => {});
      },
    });
    const { http, asked } = service({ '/late': {} });
    const { outcomes } = await ask(handler, ['LAB1'], http);
    expect(outcomes).toEqual([
      { id: 'LAB1', outcome: 'network_error', reason: 'lab: fetchSample gave no answer within 2 s' },
    ]);
    await expect(late).rejects.toThrow('gave no answer within 2 s');
    expect(asked).toEqual([]);
  });
});

describe('000-50 many ids in one request', () => {
  const batched = (fetchSamples: NonNullable<SmallHandler['fetchSamples']>) => lift({ batchSize: 20, fetchSamples });
  const ids = Array.from({ length: 20 }, (_, index) => `LAB${index + 1}`);

  test('000-49 are one call; every id has an outcome', async () => {
    const calls: (readonly string[])[] = [];
    const handler = batched(async (some) => {
      calls.push(some);
      return new Map(some.filter((id) => id !== 'LAB7').map((id) => [id, { title: id }]));
    });
    const { outcomes } = await ask(handler, ids, {});
    expect(calls).toEqual([ids]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map((id) => (id === 'LAB7' ? 'not_found' : 'added')));
  });

  test('one id that spoils its batch costs no other', async () => {
    const handler = batched(async (some) => {
      if (some.includes('LAB7')) throw new HttpStatusError(500, 'broken');
      return Object.fromEntries(some.map((id) => [id, { title: id }]));
    });
    const { outcomes } = await ask(handler, ids, {});
    expect(outcomes.filter(({ outcome }) => outcome !== 'added')).toEqual([
      { id: 'LAB7', outcome: 'http_error', reason: 'broken' },
    ]);
  });

  test('an archive that is away is not asked again in parts', async () => {
    let calls = 0;
    const handler = batched(async () => {
      calls += 1;
      throw new NetworkError('no route');
    });
    const { outcomes } = await ask(handler, ids, {});
    expect(calls).toBe(1);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['network_error']));
  });
});

test('000-48 a search gives the hits that the handler claims, as many as are wanted', async () => {
  const handler = lift({
    search: async (query, { limit }) => [
      { id: 'LAB1', title: `${query.tissue} ${limit}` },
      { id: 'GSM1' },
      { id: 'LAB2' },
      { id: 'LAB3' },
    ],
  });
  const context = { http: {}, signal: new AbortController().signal, now: () => NOW, limit: 2 };
  const hits = await handler.search?.({ tissue: 'brain' }, context as unknown as HandlerContext & { limit: number });
  expect(hits).toEqual([{ id: 'LAB1', title: 'brain 2' }, { id: 'LAB2' }]);
});

test('000-02 a handler of four members is whole', () => {
  const lifted = lift();
  expect(lifted).toMatchObject({ batchSize: 1, description: 'lab', portVersion: 1 });
  expect(lifted.hosts).toEqual([
    { host: 'lab.example.org', operator: 'lab', perSecond: 2, connections: 5, source: 'the handler lab' },
  ]);
  expect(lifted.search).toBeUndefined();
});
