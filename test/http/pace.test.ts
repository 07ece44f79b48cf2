import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterAnswer, afterRefusal, FULL_PACE, type Pace, spacing } from '../../src/http/limit/pace.ts';
import { retryAfter, retryDelay } from '../../src/http/trouble/retry-delay.ts';

const NOW = Date.UTC(2026, 0, 1);

test('starts are spaced 5 % wider than the published limit: 350 ms at 3 per second', () => {
  expect(spacing(3, FULL_PACE)).toBeCloseTo(350);
  expect(spacing(10, FULL_PACE)).toBeCloseTo(105);
});

test('a refusal halves the rate and pauses for what was asked; without a word 1, 2, 4 s', () => {
  const once = afterRefusal(FULL_PACE, NOW, NOW - 1, 2000);
  expect(once).toMatchObject({ share: 0.5, pausedUntil: NOW + 2000, refusedSince: NOW });
  let pace = FULL_PACE;
  const pauses: number[] = [];
  let now = NOW;
  for (let i = 0; i < 3; i += 1) {
    pace = afterRefusal(pace, now, now, null);
    pauses.push(pace.pausedUntil - now);
    now = pace.pausedUntil + 1;
  }
  expect(pauses).toEqual([1000, 2000, 4000]);
  expect(pace).toMatchObject({ share: 1 / 8, refusedSince: NOW });
});

test('refusals of requests that were under way together halve the rate once', () => {
  let pace = FULL_PACE;
  for (let i = 0; i < 5; i += 1) pace = afterRefusal(pace, NOW + i, NOW - 10, 1000);
  expect(pace).toMatchObject({ share: 0.5, refusals: 1, pausedUntil: NOW + 4 + 1000 });
});

test('a clock that is set back hides no refusal', () => {
  const ahead = afterRefusal(FULL_PACE, NOW + 3_600_000, NOW + 3_600_000, 1000);
  let pace = afterRefusal(ahead, NOW, NOW, 1000);
  expect(pace).toMatchObject({ share: 0.25, refusals: 2, slowedAt: NOW });
  pace = afterRefusal(pace, NOW + 1, NOW, 1000);
  expect(pace).toMatchObject({ share: 0.25, refusals: 2 });
});

test('a tenth of the full rate comes back in the time of ten starts at the full rate, until it is full', () => {
  let pace: Pace = { ...FULL_PACE, share: 0.5 };
  for (let i = 0; i < 4; i += 1) pace = afterAnswer(pace);
  expect(pace.share).toBe(0.5);
  pace = afterAnswer(pace);
  expect(pace.share).toBe(0.6);
  let answers = 0;
  let ms = 0;
  for (pace = { ...FULL_PACE, share: 1 / 16 }; pace.share < 1; pace = afterAnswer(pace)) {
    answers += 1;
    ms += spacing(3, pace);
  }
  // Counted in answers alone it were 100 of them, and more than three minutes without a key.
  expect([answers, Math.round(ms / 1000)]).toEqual([55, 40]);
});

test('whatever comes, the share stays between 1/16 and 1', () => {
  const step = fc.record({ isRefusal: fc.boolean(), wait: fc.option(fc.nat(60_000)), ms: fc.nat(10_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let pace = FULL_PACE;
      let now = NOW;
      for (const { isRefusal, wait, ms } of steps) {
        now += ms + 1;
        pace = isRefusal ? afterRefusal(pace, now, now - 1, wait) : afterAnswer(pace);
        if (pace.share < 1 / 16 || pace.share > 1) return false;
      }
      return true;
    }),
  );
});

test.each([
  ['2', 2000],
  [' 0 ', 0],
  ['1.5', 1500],
  ['3600', 60_000],
  [new Date(NOW + 5000).toUTCString(), 5000],
  [new Date(NOW - 5000).toUTCString(), 0],
  ['soon', null],
  [undefined, null],
])('000-26: Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfter(header, NOW)).toBe(ms);
});

test('000-23: waits are 1, 2, 4 s and at most a tenth more', () => {
  expect([1, 2, 3].map((failed) => retryDelay(failed, 0))).toEqual([1000, 2000, 4000]);
  expect(retryDelay(1, 0.999)).toBeLessThanOrEqual(1100);
});
