import { expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import { within } from '../../src/query/time-budget.ts';

/** A clock on which every wait is over at once. */
const HASTY: Clock = { now: () => 0, sleep: () => Promise.resolve() };
const PATIENT: Clock = {
  now: () => 0,
  sleep: (_ms, stop) => new Promise((_, fail) => stop?.addEventListener('abort', fail)),
};

/** What DuckDB does when it is interrupted between two chunks: the rows end. */
async function endsEarly(): Promise<null> {
  await new Promise((resolve) => setImmediate(resolve));
  return null;
}

test('rows that end because the time is over are no whole answer', async () => {
  let interrupts = 0;
  const engine = { interrupt: () => (interrupts += 1) };
  const late = within(engine, HASTY, { total: 1500, left: 1500 }, endsEarly);
  await expect(late).rejects.toMatchObject({ failure: 'operational', message: 'The query was stopped after 1.5 s.' });
  expect(interrupts).toBe(1);
  expect(await within(engine, PATIENT, { total: 1500, left: 1500 }, endsEarly)).toBeNull();
});

test('nor are those that end because the user stopped', async () => {
  const stop = new AbortController();
  const engine = { interrupt: () => undefined };
  const stopped = within(engine, PATIENT, { total: 1, left: 1, signal: stop.signal }, endsEarly);
  stop.abort(new Error('stopped by the user'));
  await expect(stopped).rejects.toThrow('stopped by the user');
});
