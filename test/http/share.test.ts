import { afterEach, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/ports/http.ts';
import { freeLimit, type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest;
afterEach(() => under.close());

test('000-32: equal requests at the same time are one, also without a cache', async () => {
  under = await startStack(() => ({ body: 'ok', delayMs: 5 }));
  const texts = await Promise.all([1, 2, 3].map(() => under.http.text(under.request('/same', { ttl: 0 }))));
  expect(texts).toEqual(['ok', 'ok', 'ok']);
  expect(under.server.requests).toHaveLength(1);
});

test('equal POSTs that only look up are one, others are not', async () => {
  under = await startStack(({ body }) => ({ body, delayMs: 5 }));
  const post = (id: string, lookup: boolean) => under.http.text(under.request('/p', { form: { id }, lookup }));
  expect(await Promise.all([post('1', true), post('1', true), post('2', true)])).toEqual(['id=1', 'id=1', 'id=2']);
  expect(under.server.requests).toHaveLength(2);
  await Promise.all([post('1', false), post('1', false)]);
  expect(under.server.requests).toHaveLength(4);
});

const DIFFERENCES: readonly (readonly [string, Partial<HttpRequest>])[] = [
  ['fewer bytes', { maxBytes: 10 }],
  ['fewer attempts', { attempts: 1 }],
  ['another time-out', { firstByteTimeoutMs: 20_000 }],
  ['a failure that may lie in what is asked', { doubtful: true }],
  ['no waiting for an archive in trouble', { evenInTrouble: true }],
  ['a condition', { headers: { 'If-None-Match': '"a"' } }],
  ['another condition', { headers: { 'If-Modified-Since': 'Sat, 21 Nov 2026 12:00:00 GMT' } }],
];

test.each(DIFFERENCES)('a request with %s goes beside an equal one without', async (_what, more) => {
  under = await startStack(() => ({ body: 'ok', delayMs: 5 }));
  const asked = [{}, more].map((terms) => under.http.text(under.request('/x', { ttl: 0, ...terms })));
  expect(await Promise.all(asked)).toEqual(['ok', 'ok']);
  expect(under.server.requests).toHaveLength(2);
});

test.each(DIFFERENCES)('two requests with %s are one', async (_what, more) => {
  under = await startStack(() => ({ body: 'ok', delayMs: 5 }));
  const asked = [1, 2].map(() => under.http.text(under.request('/x', { ttl: 0, ...more })));
  expect(await Promise.all(asked)).toEqual(['ok', 'ok']);
  expect(under.server.requests).toHaveLength(1);
});

test('a check that goes at once does not wait for an equal request that is not answered', async () => {
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  under = await startStack(({ headers }) => {
    if (headers.referer === undefined) return { body: 'ok' };
    arrive();
    return 'hang';
  });
  const stop = new AbortController();
  const hosts = [freeLimit(under.server.host)];
  const http = under.stack.forHandler({ name: 'test', ttl: 0, hosts, signal: stop.signal });
  const waiting = http.text(under.request('/status', { headers: { Referer: 'https://example.org' } }));
  await arrival;
  const check = under.request('/status', { ttl: 0, evenInTrouble: true, attempts: 1 });
  await expect(under.http.text(check)).resolves.toBe('ok');
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});

test('one asker may stop without stopping the other; when the last stops, the request does', async () => {
  let answer = () => {};
  const arrivals: (() => void)[] = [];
  const arrival = () => new Promise<void>((resolve) => arrivals.push(resolve));
  under = await startStack(
    () =>
      new Promise((resolve) => {
        answer = () => resolve({ body: 'ok' });
        arrivals.shift()?.();
      }),
  );
  const stop = [new AbortController(), new AbortController()];
  const hosts = [
    { host: under.server.host, operator: 'Test archive', perSecond: 1000, connections: 10, source: 'test' },
  ];
  const [first, second] = stop.map(({ signal }) => under.stack.forHandler({ name: 'test', ttl: 0, signal, hosts }));
  const firstArrival = arrival();
  const asked = [first?.text(under.request('/x')), second?.text(under.request('/x'))];
  await firstArrival;
  stop[0]?.abort(new Error('first stops'));
  await expect(asked[0]).rejects.toThrow('first stops');
  answer();
  await expect(asked[1]).resolves.toBe('ok');
  expect(under.server.requests).toHaveLength(1);
});
