import { afterEach, expect, test } from 'vitest';
import type { HostLimit, HttpEvent } from '../../src/ports/http.ts';
import { createSystemClock } from '../../src/project/system-clock.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { freeLimit, type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest;
afterEach(() => under.close());

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));
const mostWithin = (ms: number, times: readonly number[]) =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));

/** A stack whose starts are noted on its own clock. */
async function startTimed(script: Parameters<typeof startStack>[0], settings: Parameters<typeof startStack>[1] = {}) {
  const clock = createFakeClock();
  const times: number[] = [];
  const events: HttpEvent[] = [];
  const report = (event: HttpEvent) => {
    events.push(event);
    if (event.type === 'request') times.push(clock.now());
  };
  under = await startStack(script, { clock, report, ...settings });
  return { clock, times, events, host: under.server.host };
}

function ask(hosts: readonly HostLimit[], count: number, more: { rateLimit?: number } = {}) {
  const http = under.stack.forHandler({ name: 'asked', hosts, ttl: 0, ...more });
  return Promise.all(Array.from({ length: count }, (_, i) => http.text(under.request(`/${i}`))));
}

test.each([
  [2, 500, 3000],
  [10, 100, 600],
])('000-22: at %i per second, 7 requests at once start %i ms apart or more', async (perSecond, least, span) => {
  const { times, host } = await startTimed(() => ({ body: 'ok' }));
  await ask([{ ...freeLimit(host), perSecond }], 7);
  expect(times).toHaveLength(7);
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(least);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(span);
});

test('000-22: at the server itself, in real time, no second sees more starts than allowed', async () => {
  under = await startStack(() => ({ body: 'ok', delayMs: 30 }), { clock: createSystemClock() });
  await ask([{ ...freeLimit(under.server.host), perSecond: 20, connections: 6 }], 30);
  const times = under.server.requests.map(({ at }) => at);
  expect(times).toHaveLength(30);
  expect(mostWithin(1000, times)).toBeLessThanOrEqual(20);
  expect(mostWithin(250, times)).toBeLessThanOrEqual(6);
});

test('hosts of one operator share one budget, and so do handlers; a lower rateLimit counts', async () => {
  const { times, host } = await startTimed(() => ({ body: 'ok' }));
  const [name, port] = host.split(':');
  const limit = { operator: 'NCBI', perSecond: 3, connections: 4, source: 'test' };
  const one = under.stack.forHandler({ name: 'one', hosts: [{ ...limit, host }], ttl: 0 });
  const two = under.stack.forHandler({ name: 'two', hosts: [{ ...limit, host: `localhost:${port}` }], ttl: 0 });
  expect(name).toBe('127.0.0.1');
  const expectText = { expect: { kind: 'text' } } as const;
  await Promise.all(
    [1, 2, 3].flatMap((i) => [
      one.text({ url: `http://${host}/${i}`, ...expectText }),
      two.text({ url: `http://localhost:${port}/${i}`, ...expectText }).catch(() => ''),
    ]),
  );
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(349);
  times.length = 0;
  await ask([{ ...limit, host }], 3, { rateLimit: 1 });
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(1000);
});

test('a host that is declared under another operator gets no second budget', async () => {
  const { times, host } = await startTimed(() => ({ body: 'ok' }));
  const limit = { host, perSecond: 2, connections: 4, source: 'test' };
  const one = under.stack.forHandler({ name: 'one', hosts: [{ ...limit, operator: 'A' }], ttl: 0 });
  const two = under.stack.forHandler({ name: 'two', hosts: [{ ...limit, operator: 'B', perSecond: 50 }], ttl: 0 });
  await Promise.all([one, two, one, two].map((http, i) => http.text(under.request(`/${i}`))));
  expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(500);
});

test('000-31: 50 requests use at most the connections of the operator, and use them again', async () => {
  under = await startStack(() => ({ body: 'ok', delayMs: 2 }));
  await ask([{ ...freeLimit(under.server.host), connections: 10 }], 50);
  expect(under.server.requests).toHaveLength(50);
  expect(under.server.connections()).toBeLessThanOrEqual(10);
});

test.each([
  ['2', 2000, 'asked to wait 2 s'],
  [undefined, 1000, 'answered 429 without saying how long to wait: waiting 1 s'],
  ['-5', 1000, 'answered 429 without saying how long to wait: waiting 1 s'],
  ['3600', 60_000, 'asked to wait 3600 s: asking again in 60 s'],
])('000-26: a 429 with Retry-After %s waits, spends no attempt, and is told', async (header, ms, told) => {
  const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
  const { times, events, host } = await startTimed(({ index }) =>
    index === 0 ? { status: 429, headers, body: '{"error":"API rate limit exceeded"}' } : { body: 'ok' },
  );
  const http = under.stack.forHandler({ name: 'asked', hosts: [freeLimit(host)], ttl: 0, attempts: 1 });
  await expect(http.text(under.request('/x'))).resolves.toBe('ok');
  expect(gaps(times)[0]).toBeGreaterThanOrEqual(ms);
  expect(events).toContainEqual({
    type: 'waiting',
    operator: 'Test archive',
    reason: `Test archive ${told}`,
    ms,
  });
});

test('000-26: a 503 with Retry-After waits like a 429, for what may be repeated', async () => {
  const headers = { 'retry-after': '3' };
  const { times, host } = await startTimed(({ index }) => (index === 0 ? { status: 503, headers } : { body: 'ok' }));
  await ask([freeLimit(host)], 1);
  expect(gaps(times)[0]).toBeGreaterThanOrEqual(3000);
});

test('a refusal slows everybody: no other request starts within the pause, and the rate is halved after it', async () => {
  const { times, host } = await startTimed(({ index }) =>
    index === 1 ? { status: 429, headers: { 'retry-after': '5' } } : { body: 'ok' },
  );
  await ask([{ ...freeLimit(host), perSecond: 10, connections: 1 }], 6);
  const [, second = 0, third = 0, fourth = 0] = times;
  expect(third - second).toBeGreaterThanOrEqual(5000);
  expect(fourth - third).toBeGreaterThanOrEqual(200);
});

test('an operator that refuses for longer than maxWait is given up, for all that wait', async () => {
  const { clock, host } = await startTimed(() => ({ status: 429, headers: { 'retry-after': '7' } }), {
    maxWaitMs: 20_000,
  });
  const began = clock.now();
  const http = under.stack.forHandler({ name: 'asked', hosts: [freeLimit(host)], ttl: 0 });
  const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => http.text(under.request(`/${i}`))));
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'RATE_LIMITED' } });
  }
  expect(clock.now() - began).toBeLessThanOrEqual(60_000);
});

test('an abort ends a long pause at once', async () => {
  const controller = new AbortController();
  const clock = createSystemClock();
  under = await startStack(
    () => ({ status: 429, headers: { 'retry-after': '50' } }),
    { clock, report: ({ type }) => void (type === 'waiting' && controller.abort(new Error('stop'))) },
    { signal: controller.signal },
  );
  await expect(under.http.text(under.request('/x'))).rejects.toThrow('stop');
});
