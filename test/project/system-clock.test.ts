import { expect, test } from 'vitest';
import { createSystemClock } from '../../src/project/system-clock.ts';

test('a sleep takes its time', async () => {
  const clock = createSystemClock();
  const began = performance.now();
  await clock.sleep(20);
  expect(performance.now() - began).toBeGreaterThanOrEqual(18);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});

test('a sleep ends at once with the reason of an abort, before and during', async () => {
  const clock = createSystemClock();
  const controller = new AbortController();
  const asleep = clock.sleep(60_000, controller.signal);
  controller.abort(new Error('stop'));
  await expect(asleep).rejects.toThrow('stop');
  await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow('stop');
});
