import { expect, test } from 'vitest';
import { NetworkError } from '../../src/errors/network-error.ts';
import type { Exchange, Reply, Send } from '../../src/http/exchange.ts';
import { newNotes } from '../../src/http/observe/notes.ts';
import { Stop } from '../../src/http/stop.ts';
import { createCircuitLayer } from '../../src/http/trouble/circuit-layer.ts';
import { createCircuits } from '../../src/http/trouble/operator-circuit.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

const OPERATOR = { name: 'ENA' } as Exchange['operator'];
const REPLY = { status: 200, body: { size: 2 } } as Reply;

/** The circuit layer of one operator over a network of our own; each request is named by its URL. */
function layerOver(network: (exchange: Exchange) => Promise<Reply>) {
  const clock = createFakeClock();
  const told: string[] = [];
  const sleeping: (() => void)[] = [];
  const report = (event: { readonly type: string; readonly reason?: string }) =>
    void told.push(event.reason ?? event.type);
  const sleep: Clock['sleep'] = (ms, signal) => {
    const slept = clock.sleep(ms, signal);
    for (const act of sleeping.splice(0)) act();
    return slept;
  };
  const circuitOf = createCircuits({ clock: { ...clock, sleep }, report, maxTroubleMs: 180_000 });
  const sent: { readonly url: string; readonly attempts: number; readonly at: number }[] = [];
  const next: Send = (exchange) => {
    sent.push({ url: exchange.url.href, attempts: exchange.attempts, at: clock.now() });
    return network(exchange);
  };
  const send = createCircuitLayer({ clock, circuitOf })(next);
  const ask = (url: string, more: Partial<Exchange> = {}) => send({ ...question(url), ...more });
  /** Acts when the next request begins to sleep before it probes. */
  const whenSleeping = (act: () => void) => void sleeping.push(act);
  return { ask, sent, clock, told, whenSleeping, circuit: circuitOf(OPERATOR) };
}

function question(url: string): Exchange {
  const plain = {
    key: { name: url, hash: '' },
    url: new URL(`https://ena.test${url}`),
    shownUrl: `https://ena.test${url}`,
    operator: OPERATOR,
    notes: newNotes(),
    stop: new Stop(),
    attempts: 3,
    repeatable: true,
  };
  return { ...plain, doubtful: false, evenInTrouble: false, firstByteTimeoutMs: 30_000 } as unknown as Exchange;
}

const refused = () => new NetworkError('no answer from ena.test: the connection was refused');
const paths = (sent: readonly { readonly url: string }[]) => sent.map(({ url }) => new URL(url).pathname);

/** Two seconds pass, after the failures before have been taken note of. */
async function passTwoSeconds(clock: { advance(ms: number): void }): Promise<void> {
  await settled();
  clock.advance(2000);
}

/** What was settled has been told to everybody. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Four requests that fail within two seconds, so that the circuit opens: `/first3`, the last one, will be the first probe. `more` is asked when it
 * begins to wait for its time.
 */
function openedLayer(
  network: (exchange: Exchange) => Promise<Reply>,
  more: readonly (readonly [url: string, more: Partial<Exchange>])[] = [],
  last: Partial<Exchange> = {},
) {
  let failures = 0;
  const layer = layerOver(async (exchange) => {
    failures += 1;
    if (failures > 4) return network(exchange);
    if (failures === 4) await passTwoSeconds(layer.clock);
    throw refused();
  });
  const asked = [0, 1, 2, 3].map((index) => layer.ask(`/first${index}`, index === 3 ? last : {}));
  const later = new Promise<Reply[]>((resolve, reject) => {
    layer.whenSleeping(() => void Promise.all(more.map(([url, how]) => layer.ask(url, how))).then(resolve, reject));
  });
  return { layer, answers: Promise.allSettled([...asked, later]) };
}

const FULFILLED = (count: number) => Array.from({ length: count }, () => 'fulfilled');

test('one probe is out at a time, with one attempt, and each time the one that has waited longest', async () => {
  let out = 0;
  let most = 0;
  const failing = async () => {
    out += 1;
    most = Math.max(most, out);
    await settled();
    out -= 1;
    throw refused();
  };
  const { layer, answers } = openedLayer(failing, [['/late', {}]]);
  const messages = (await answers).map((one) => one.status === 'rejected' && (one.reason as Error).message);
  expect(new Set(messages).size).toBe(1);
  expect(messages[0]).toMatch(/^ENA has not answered well for 180 s \(last: network error/);
  expect(most).toBe(1);
  const probes = layer.sent.slice(4);
  expect(probes.every(({ attempts }) => attempts === 1)).toBe(true);
  // Five wait, and the sixth probe is the first one again.
  expect(new Set(paths(probes.slice(0, 5))).size).toBe(5);
  expect(paths(probes)[5]).toBe(paths(probes)[0]);
  const begin = layer.sent[0]?.at ?? 0;
  expect(probes.map(({ at }) => (at - begin) / 1000)).toEqual([7, 17, 37, 77, 137, 180]);
});

test('a probe that is aborted is followed by another at once', async () => {
  const stop = new Stop();
  const { layer, answers } = openedLayer(
    (exchange) => {
      if (exchange.stop !== stop) return Promise.resolve(REPLY);
      stop.abort(new Error('stop'));
      return Promise.reject(stop.reason);
    },
    [],
    { stop },
  );
  expect((await answers).map(({ status }) => status)).toEqual([...FULFILLED(3), 'rejected', 'fulfilled']);
  const [aborted, next] = layer.sent.slice(4);
  expect(paths(layer.sent).slice(4, 6)).toEqual(['/first3', '/first0']);
  expect(next?.at).toBe(aborted?.at);
});

test('a request that is aborted while it waits to be the next probe leaves the place to another, at the same time', async () => {
  const stop = new Stop();
  const { layer, answers } = openedLayer(() => Promise.resolve(REPLY), [], { stop });
  layer.whenSleeping(() => stop.abort(new Error('stop')));
  expect((await answers).map(({ status }) => status)).toEqual([...FULFILLED(3), 'rejected', 'fulfilled']);
  expect(paths(layer.sent)[4]).toBe('/first0');
  expect((layer.sent[4]?.at ?? 0) - (layer.sent[0]?.at ?? 0)).toBe(7000);
});

test('a good answer of a request that was under way closes the circuit before the probe', async () => {
  let answer = (_reply: Reply) => {};
  let failures = 0;
  const layer = layerOver(async ({ url }) => {
    if (url.href.endsWith('/slow')) return new Promise((resolve) => (answer = resolve));
    failures += 1;
    if (failures > 4) return REPLY;
    if (failures === 4) await passTwoSeconds(layer.clock);
    throw refused();
  });
  // Nothing sleeps as long as the clock is asked for no more than the answer takes.
  const slow = layer.ask('/slow');
  const others = [0, 1, 2, 3].map((index) => layer.ask(`/${index}`));
  while (layer.circuit.isClosed()) await settled();
  answer(REPLY);
  await expect(Promise.all([slow, ...others])).resolves.toHaveLength(5);
  expect(layer.clock.now() - (layer.sent[0]?.at ?? 0)).toBeLessThan(7000);
  expect(layer.told.at(-1)).toMatch(/^ENA answers again/);
});

test('a failure is told when another answer shows that the archive works, and not before', async () => {
  let answer = (_reply: Reply) => {};
  const layer = layerOver(({ url }) =>
    url.href.endsWith('/slow') ? new Promise((resolve) => (answer = resolve)) : Promise.reject(refused()),
  );
  const slow = layer.ask('/slow');
  let isTold = false;
  const bad = layer.ask('/bad').catch((error: unknown) => {
    isTold = true;
    return error;
  });
  await settled();
  expect(isTold).toBe(false);
  answer(REPLY);
  await slow;
  await expect(bad).resolves.toMatchObject({ message: expect.stringContaining('refused') });
  expect(paths(layer.sent)).toEqual(['/slow', '/bad']);
});

test('bad ids that are asked last are told from an outage by a question that was answered before', async () => {
  const layer = layerOver(async ({ url }) => {
    if (url.href.endsWith('/good')) return REPLY;
    if (url.href.endsWith('/bad3')) await passTwoSeconds(layer.clock);
    throw refused();
  });
  await layer.ask('/good');
  const begin = layer.clock.now();
  const bad = [0, 1, 2, 3, 4].map((index) => layer.ask(`/bad${index}`));
  const messages = (await Promise.allSettled(bad)).map(
    (one) => one.status === 'rejected' && (one.reason as Error).message,
  );
  expect(new Set(messages)).toEqual(new Set([refused().message]));
  expect(paths(layer.sent).filter((path) => path === '/good')).toHaveLength(2);
  expect(paths(layer.sent).filter((path) => path === '/bad0').length).toBeLessThanOrEqual(2);
  // Twice the two seconds that the fourth takes: nobody waited for anything else.
  expect(layer.clock.now() - begin).toBe(4000);
});

test('bad ids alone, in a command that has had no answer yet, are told from an outage by the check of the archive', async () => {
  const layer = layerOver(async ({ url }) => {
    if (url.href.endsWith('/check')) return REPLY;
    if (url.href.endsWith('/bad3')) await passTwoSeconds(layer.clock);
    throw refused();
  });
  layer.circuit.checkedBy(question('/check'));
  layer.circuit.checkedBy(question('/another'));
  const begin = layer.clock.now();
  const bad = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => layer.ask(`/bad${index}`)));
  const messages = bad.map((one) => one.status === 'rejected' && (one.reason as Error).message);
  expect(new Set(messages)).toEqual(new Set([refused().message]));
  expect(paths(layer.sent)).toContain('/check');
  expect(paths(layer.sent)).not.toContain('/another');
  expect(layer.clock.now() - begin).toBe(4000);
});

test.each([
  ['a certificate that is not trusted any more', 'certificate'],
  ['a proxy that refuses', 'proxy'],
])('while requests wait, %s is no end of the trouble: it is given up in time', async (_name, kind) => {
  let isIn = true;
  const layer = layerOver(async ({ url }) => {
    if (isIn && url.href.endsWith('/good')) return REPLY;
    if (url.href.endsWith('/bad3')) await passTwoSeconds(layer.clock);
    // A test that fails shall end.
    if (layer.sent.length > 100) return REPLY;
    throw layer.circuit.isClosed() ? refused() : new NetworkError('not let through', { fields: { kind } });
  });
  await layer.ask('/good');
  isIn = false;
  const begin = layer.clock.now();
  const asked = await Promise.allSettled([0, 1, 2, 3].map((index) => layer.ask(`/bad${index}`)));
  const messages = asked.map((one) => one.status === 'rejected' && (one.reason as Error).message);
  expect(new Set(messages).size).toBe(1);
  expect(messages[0]).toMatch(/^ENA has not answered well for \d+ s \(last: network error \(not let through\)\)/);
  expect(layer.clock.now() - begin).toBeLessThanOrEqual(182_000);
  expect(layer.sent.length).toBeLessThan(20);
});

test('requests that fail when nobody else is asking are told at once', async () => {
  const layer = layerOver(() => Promise.reject(refused()));
  for (const url of ['/a', '/b', '/c']) await expect(layer.ask(url)).rejects.toThrow('refused');
  await expect(Promise.allSettled([layer.ask('/d', { repeatable: false })])).resolves.toMatchObject([
    { reason: { message: expect.stringContaining('refused') } },
  ]);
  expect(layer.sent).toHaveLength(4);
});

test('a request that may not be repeated waits for the circuit, and is sent once', async () => {
  const { layer, answers } = openedLayer(() => Promise.resolve(REPLY), [['/post', { repeatable: false }]]);
  expect((await answers).map(({ status }) => status)).toEqual(FULFILLED(5));
  expect(paths(layer.sent).filter((path) => path === '/post')).toHaveLength(1);
});

test('a batch is no probe while another request waits', async () => {
  let failures = 0;
  const failingFourTimes = async () => {
    failures += 1;
    if (failures < 5) throw refused();
    return REPLY;
  };
  const { layer, answers } = openedLayer(failingFourTimes, [['/batch', { doubtful: true }]]);
  expect((await answers).map(({ status }) => status)).toEqual(FULFILLED(5));
  expect(paths(layer.sent.slice(4, 9))).toEqual(['/first3', '/first0', '/first1', '/first2', '/first3']);
});
