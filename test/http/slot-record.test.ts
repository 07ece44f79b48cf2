import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterRefusal, FULL_PACE } from '../../src/http/limit/pace.ts';
import {
  formatRecord,
  lastRecord,
  nextStart,
  parseRecord,
  type SlotRecord,
  withDelay,
  withPace,
} from '../../src/http/limit/slot-record.ts';

const NOW = Date.UTC(2026, 0, 1);
const record = (more: Partial<SlotRecord> = {}): SlotRecord => ({
  at: NOW,
  spacing: 350,
  delay: 0,
  pace: FULL_PACE,
  ...more,
});
const end = (of: SlotRecord | null, unread = 0) => ({ number: 7, record: of, unread });

test('the first start is now, the next one a spacing later, the slower of both asks', () => {
  const first = nextStart(lastRecord(end(null), NOW), NOW, 3);
  expect(first).toMatchObject({ at: NOW, spacing: 350 });
  expect(nextStart(first, NOW + 10, 3).at).toBe(NOW + 350);
  expect(nextStart(first, NOW + 10, 1).at).toBe(NOW + 1050);
  expect(nextStart(nextStart(first, NOW, 1), NOW, 3).at).toBe(NOW + 1050 + 1050);
  expect(nextStart(first, NOW + 5000, 3).at).toBe(NOW + 5000);
});

test('no start within a pause, and none of those before it counts after it', () => {
  const pace = afterRefusal(FULL_PACE, NOW, NOW - 5, 2000);
  const slowed = withPace(record({ at: NOW + 1400 }), pace, NOW);
  expect(slowed).toMatchObject({ at: NOW, pace });
  expect(nextStart(slowed, NOW, 3)).toMatchObject({ at: NOW + 2000, spacing: 700 });
  const setBack = withPace(slowed, { ...pace, slowedAt: NOW - 30_000 }, NOW - 30_000);
  expect(setBack.at).toBe(NOW - 30_000);
});

test('a start that was late puts off the next one', () => {
  const late = withDelay(nextStart(lastRecord(end(null), NOW), NOW, 3), 40);
  expect(late).toMatchObject({ at: NOW + 40, delay: 40 });
  expect(nextStart(late, NOW + 50, 3)).toMatchObject({ at: NOW + 390, delay: 40 });
});

test('records that cannot be read count as starts', () => {
  expect(nextStart(lastRecord(end(record(), 2), NOW + 10), NOW + 10, 3).at).toBe(NOW + 700 + 350);
  expect(nextStart(lastRecord(end(record(), 1), NOW + 9000), NOW + 9000, 3).at).toBe(NOW + 9350);
  expect(nextStart(lastRecord({ number: 3, record: null, unread: 3 }, NOW), NOW, 3).at).toBe(NOW + 350);
});

test('a clock that was set back is no reason to wait for hours; a long line of processes is', () => {
  const ahead = record({ at: NOW + 3_600_000, pace: { ...FULL_PACE, share: 0.5, pausedUntil: NOW + 3_600_000 } });
  expect(nextStart(lastRecord(end(ahead), NOW), NOW, 3)).toMatchObject({ at: NOW + 350, pace: FULL_PACE });
  const line = record({ at: NOW + 90 * 350 });
  expect(nextStart(lastRecord(end(line), NOW), NOW, 3).at).toBe(NOW + 91 * 350);
});

test('a pace that was slowed long ago is full again, one of a minute ago is not', () => {
  const pace = { ...FULL_PACE, share: 0.5, slowedAt: NOW, pausedUntil: NOW + 1000, refusals: 1, refusedSince: NOW };
  expect(lastRecord(end(record({ pace })), NOW + 60_000).pace).toEqual(pace);
  expect(lastRecord(end(record({ pace })), NOW + 700_000).pace).toBe(FULL_PACE);
});

test('what is written is read again; anything else is no record', () => {
  const pace = { ...FULL_PACE, share: 1 / 16, good: 3, refusedSince: NOW - 7, slowedAt: NOW, pausedUntil: NOW + 0.5 };
  expect(parseRecord(formatRecord(record({ pace })))).toEqual(record({ pace }));
  for (const text of ['', '{', 'null', '[]', '{"at":1}', formatRecord(record()).slice(0, 40)]) {
    expect(parseRecord(text)).toBeNull();
  }
  for (const bad of [
    { at: Number.NaN },
    { at: -1 },
    { delay: -1 },
    { spacing: 1e12 },
    { pace: { ...FULL_PACE, share: 0 } },
  ]) {
    expect(parseRecord(formatRecord(record(bad)))).toBeNull();
  }
  fc.assert(
    fc.property(fc.json(), (text) => {
      const read = parseRecord(text);
      return read === null || Number.isFinite(read.at);
    }),
  );
});
