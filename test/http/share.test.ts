import { afterEach, expect, test } from 'vitest';
import { type StackUnderTest, startStack } from './stack-under-test.ts';

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
