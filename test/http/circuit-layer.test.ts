import { afterEach, expect, test } from 'vitest';
import { NetworkError } from '../../src/errors/network-error.ts';
import type { HttpEvent } from '../../src/ports/http.ts';
import type { Script } from '../../src/testing/scripted-server.ts';
import { freeLimit, memoryCache, type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest | undefined;
afterEach(() => under?.close());

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Asks that many different questions at once. */
const askAll = ({ http, request }: StackUnderTest, count: number) =>
  Promise.allSettled(times(count).map((index) => http.text(request(`/${index}`))));

const reasons = (events: readonly HttpEvent[]) =>
  events.flatMap((event) => (event.type === 'waiting' ? [event.reason] : []));

/** A stack before an archive that answers 503 until so many seconds of its clock have passed. */
async function startOutage(seconds: number, more: Parameters<typeof startStack>[1] = {}) {
  let end = 0;
  const script: Script = () => (stack.clock.now() < end ? { status: 503 } : { body: 'ok' });
  const stack = await startStack(script, more);
  end = stack.clock.now() + seconds * 1000;
  under = stack;
  return stack;
}

test('an outage of a minute costs a list a minute and no id', async () => {
  const stack = await startOutage(60);
  const begin = stack.clock.now();
  const answers = await askAll(stack, 200);
  // Each of the 200 was on its way when the outage began: once, and what followed until the circuit opened.
  expect(stack.server.requests.length).toBeLessThan(200 + 240);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
  // It opens after 2 s; the probes go after 5, 10, 20 and 40 s.
  expect(stack.clock.now() - begin).toBeLessThan(85_000);
  expect(reasons(stack.events).at(-1)).toMatch(/^Test archive answers again, after \d+(\.\d)? s$/);
});

test('a dead archive is given up after maxTrouble: every request ends with one NetworkError that says so', async () => {
  const stack = await startOutage(1e9);
  const begin = stack.clock.now();
  const answers = await askAll(stack, 50);
  const messages = new Set(answers.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : 'ok')));
  expect([...messages]).toEqual([
    'Test archive has not answered well for 180 s (last: server error 503); given up for this command',
  ]);
  expect(stack.clock.now() - begin).toBe(180_000);
  const sent = stack.server.requests.length;
  const late = await stack.http.text(stack.request('/late')).catch((error: unknown) => error);
  expect(late).toBeInstanceOf(NetworkError);
  expect(late).toMatchObject({ hint: expect.stringContaining('celline refresh'), fields: { kind: 'given_up' } });
  expect(stack.server.requests).toHaveLength(sent);
  const warnings = stack.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([
    expect.stringContaining('requests wait until it answers'),
    expect.stringContaining('given up'),
  ]);
});

test('the circuit of one operator is nothing to another', async () => {
  const stack = await startOutage(1e9, { maxTroubleMs: 5000 });
  await askAll(stack, 10);
  const other = await startStack(() => ({ body: 'ok' }));
  const http = stack.stack.forHandler({ name: 'other', hosts: [freeLimit(other.server.host, 'Other')], ttl: 60 });
  await expect(http.text(other.request('/x'))).resolves.toBe('ok');
  await other.close();
});

test('an abort ends the wait for an open circuit at once', async () => {
  const controller = new AbortController();
  const stack = await startStack(
    () => ({ status: 503 }),
    {
      report: (event) =>
        void (event.type === 'waiting' && / in trouble /.test(event.reason) && controller.abort(new Error('stop'))),
    },
    { signal: controller.signal },
  );
  under = stack;
  const answers = await askAll(stack, 8);
  expect(answers.every((one) => one.status === 'rejected' && (one.reason as Error).message === 'stop')).toBe(true);
});

test('one poisoned record among good ones costs its three requests and opens nothing', async () => {
  const stack = await startStack(({ path }) => (path === '/7' ? { status: 500 } : { body: 'ok' }));
  under = stack;
  for (let round = 0; round < 4; round += 1) {
    const answers = await askAll(stack, 20);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(answers[7]).toMatchObject({ reason: { code: 'HTTP_STATUS', status: 500 } });
  }
  expect(stack.server.requests.filter(({ path }) => path === '/7')).toHaveLength(12);
  expect(reasons(stack.events).filter((reason) => /in trouble/.test(reason))).toEqual([]);
});

test('a batch that fails is told at once, before the circuit opens and while it is open, and opens nothing', async () => {
  const stack = await startOutage(1e9);
  const batches = await Promise.allSettled(
    times(20).map((index) => stack.http.text(stack.request(`/batch/${index}`, { doubtful: true, attempts: 1 }))),
  );
  expect(batches.every((one) => one.status === 'rejected' && one.reason.code === 'HTTP_STATUS')).toBe(true);
  expect(stack.server.requests).toHaveLength(20);
  expect(reasons(stack.events)).toEqual([]);
});

test('000-16: a batch that meets silence is not asked again as it is', async () => {
  const stack = await startStack(() => 'hang', { firstByteTimeoutMs: 40 });
  under = stack;
  const error = await stack.http.text(stack.request('/x', { doubtful: true })).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'NETWORK', fields: { kind: 'first_byte_timeout' } });
  expect(stack.server.requests).toHaveLength(1);
});

test('000-27: a POST that is no look-up is never sent twice, in trouble neither', async () => {
  const stack = await startOutage(60);
  const posts = times(8).map((index) => stack.http.text(stack.request(`/post${index}`, { form: { a: '1' } })));
  const others = askAll(stack, 20);
  await Promise.allSettled([...posts, others]);
  const sent = stack.server.requests.filter(({ path }) => path.startsWith('/post')).map(({ path }) => path);
  expect(new Set(sent).size).toBe(sent.length);
});

test('a stored answer is served and a check is sent while the archive is given up', async () => {
  let isDown = false;
  const stack = await startStack(() => (isDown ? { status: 503 } : { body: 'ok' }), {
    maxTroubleMs: 5000,
    cache: memoryCache({ now: () => 0 }),
  });
  under = stack;
  await stack.http.text(stack.request('/stored'));
  isDown = true;
  await askAll(stack, 10);
  await expect(stack.http.text(stack.request('/stored'))).resolves.toBe('ok');
  const sent = stack.server.requests.length;
  const check = stack.request('/check', { evenInTrouble: true, attempts: 1 });
  await expect(stack.http.text(check)).rejects.toMatchObject({ code: 'HTTP_STATUS' });
  expect(stack.server.requests).toHaveLength(sent + 1);
});

test('000-29: what many requests wait for is told once, and the waiting is noted with each request', async () => {
  const stack = await startOutage(30);
  await askAll(stack, 200);
  const told = reasons(stack.events);
  expect(told.length).toBeLessThan(20);
  expect(told[0]).toBe('Test archive: server error 503, retrying in 1 s');
  const ended = stack.events.filter((event) => event.type === 'exchange');
  expect(ended).toHaveLength(200);
  expect(Math.max(...ended.map(({ waitedMs }) => waitedMs.circuit))).toBeGreaterThan(10_000);
});

const circular: Record<string, unknown> = {};
circular.itself = circular;

test.each([
  ['an address in the clear', { url: 'http://archive.example.org/status' }, /asks archive\.example\.org/],
  ['no address', { url: 'status' }, /which is no address/],
  ['what is no JSON', { url: 'https://archive.example.org/status', json: circular }, /circular/],
])('a check that cannot be asked (%s) is a warning, and holds nobody up in an outage', async (_what, check, said) => {
  const stack = await startOutage(60);
  const hosts = [freeLimit(stack.server.host), freeLimit('archive.example.org')];
  const checks = [{ ...check, expect: { kind: 'text' } as const }];
  const http = stack.stack.forHandler({ name: 'lab', hosts, ttl: 0, checks });
  const warnings = stack.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([expect.stringMatching(/^a check of the handler "lab" cannot be asked: /)]);
  expect(warnings[0]).toMatch(said);
  const answers = await askAll({ ...stack, http }, 8);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
});

test('connections that are refused open the circuit too', async () => {
  const stack = await startStack(() => ({ body: 'ok' }), { maxTroubleMs: 20_000 });
  under = stack;
  await stack.server.close();
  const answers = await askAll(stack, 20);
  for (const answer of answers) {
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/20 s \(last: network error \(no answer from .*refused\)\); given up/) },
    });
  }
});

test.each([404, 400, 401, 410])('%i is an answer: it keeps the circuit closed', async (status) => {
  const stack = await startStack(() => ({ status }));
  under = stack;
  await askAll(stack, 30);
  expect(stack.server.requests).toHaveLength(30);
  expect(reasons(stack.events)).toEqual([]);
});
