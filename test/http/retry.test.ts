import { afterEach, expect, test } from 'vitest';
import { HttpStatusError } from '../../src/errors/http-status-error.ts';
import type { ScriptedAnswer } from '../../src/testing/scripted-server.ts';
import { type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest | undefined;
afterEach(() => under?.close());

/** Answers in this order, the last one for ever. */
const inOrder =
  (...answers: ScriptedAnswer[]) =>
  ({ index }: { index: number }) =>
    answers[Math.min(index, answers.length - 1)] ?? 'reset';

test('000-23: 503, 503, 200 succeeds after 1 s and 2 s', async () => {
  under = await startStack(inOrder({ status: 503 }, { status: 503 }, { body: 'ok' }));
  await expect(under.http.text(under.request('/x'))).resolves.toBe('ok');
  expect(under.clock.sleeps).toEqual([1000, 2000]);
});

test('000-23: a server error that persists costs exactly three requests and is an HttpStatusError', async () => {
  under = await startStack(inOrder({ status: 503 }));
  const error = await under.http.text(under.request('/x')).catch((caught) => caught);
  expect(error).toBeInstanceOf(HttpStatusError);
  expect(error).toMatchObject({ status: 503, message: expect.stringContaining('server error') });
  expect(under.server.requests).toHaveLength(3);
  expect(under.clock.sleeps).toEqual([1000, 2000]);
});

test.each([400, 401, 403, 404, 405, 410, 414, 501])('000-24, 000-25: %i is asked once', async (status) => {
  under = await startStack(inOrder({ status }));
  await expect(under.http.text(under.request('/x'))).rejects.toMatchObject({ fields: { status } });
  expect(under.server.requests).toHaveLength(1);
  expect(under.clock.sleeps).toEqual([]);
});

test.each([500, 502, 503, 504])('000-25, 000-26: %i is asked three times', async (status) => {
  under = await startStack(inOrder({ status }));
  await expect(under.http.text(under.request('/x'))).rejects.toMatchObject({ status });
  expect(under.server.requests).toHaveLength(3);
});

test('000-27: a POST is sent once, a POST that only looks up is sent again', async () => {
  under = await startStack(inOrder({ status: 500 }));
  const form = { accession: 'GSM1' };
  await expect(under.http.text(under.request('/x', { form }))).rejects.toMatchObject({ status: 500 });
  expect(under.server.requests).toHaveLength(1);
  await expect(under.http.text(under.request('/x', { form, lookup: true }))).rejects.toMatchObject({ status: 500 });
  expect(under.server.requests).toHaveLength(4);
});

test('000-28: two resets and an answer are three connections and a success', async () => {
  under = await startStack(inOrder('reset', 'reset', { body: 'ok' }));
  await expect(under.http.text(under.request('/x'))).resolves.toBe('ok');
  expect(under.server.connections()).toBe(3);
  expect(under.clock.sleeps).toEqual([1000, 2000]);
});

test('000-28: a host that refuses connections is a NetworkError after three attempts', async () => {
  under = await startStack(inOrder({ body: 'ok' }));
  const request = under.request('/x');
  await under.server.close();
  await expect(under.http.text(request)).rejects.toMatchObject({ code: 'NETWORK', fields: { code: 'ECONNREFUSED' } });
  expect(under.clock.sleeps).toEqual([1000, 2000]);
});

test('000-29: every wait is told with its reason and length', async () => {
  // The first reset meets a connection that was used before, and costs no attempt.
  under = await startStack(inOrder({ status: 502 }, 'reset', 'reset', { body: 'ok' }));
  await under.http.text(under.request('/x'));
  expect(under.events.filter(({ type }) => type === 'waiting')).toEqual([
    { type: 'waiting', operator: 'Test archive', reason: 'Test archive: server error 502, retrying in 1 s', ms: 1000 },
    expect.objectContaining({ reason: expect.stringMatching(/^Test archive: network error \(.*\), retrying in 2 s$/) }),
  ]);
});

test('fewer attempts are made when the request says so', async () => {
  under = await startStack(inOrder({ status: 500 }));
  await expect(under.http.text(under.request('/x', { attempts: 1 }))).rejects.toMatchObject({ status: 500 });
  expect(under.server.requests).toHaveLength(1);
});

test('000-16: a server that never answers fails after the time-out, three times, and says so', async () => {
  under = await startStack(() => 'hang', { firstByteTimeoutMs: 40 });
  const error = await under.http.text(under.request('/x')).catch((caught) => caught);
  expect(error).toMatchObject({
    code: 'NETWORK',
    message: expect.stringContaining('timed out'),
    fields: { kind: 'first_byte_timeout' },
  });
  expect(under.server.requests).toHaveLength(3);
});

test('000-16: a body that stops coming is a time-out too', async () => {
  under = await startStack(() => ({ stall: 'begin' }), { idleTimeoutMs: 40 });
  await expect(under.http.text(under.request('/x', { attempts: 1 }))).rejects.toMatchObject({
    code: 'NETWORK',
    fields: { kind: 'idle_timeout' },
  });
});

test('000-16: silence in a batch, before the first byte or after it, is not waited for again', async () => {
  for (const silence of ['hang', { stall: 'begin' }] as const) {
    under = await startStack(() => silence, { firstByteTimeoutMs: 400, idleTimeoutMs: 40 });
    const request = under.request('/x', { doubtful: true });
    await expect(under.http.text(request)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(under.server.requests).toHaveLength(1);
    await under.close();
  }
});

test('an abort is felt at once: while waiting for an answer and while waiting for the next attempt', async () => {
  const controller = new AbortController();
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  under = await startStack(
    () => {
      arrived();
      return 'hang';
    },
    {},
    { signal: controller.signal },
  );
  const asked = under.http.text(under.request('/x'));
  await arrival;
  controller.abort(new Error('stop'));
  await expect(asked).rejects.toThrow('stop');
  await expect(under.http.text(under.request('/y'))).rejects.toThrow('stop');
  expect(under.server.requests).toHaveLength(1);
});
