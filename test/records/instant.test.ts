import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instantMs, settledInstant } from '../../src/records/instant.ts';

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = 'Asia/Tokyo';
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe('001-15 instants', () => {
  test.each([
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01 10:00', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T10:00:05.123456', '2026-01-01T10:00:05.123Z'],
    ['2026-01-01T10:00:05Z', '2026-01-01T10:00:05.000Z'],
    ['2026-01-01 10:00:05 UTC', '2026-01-01T10:00:05.000Z'],
    ['2026-01-01T10:00+09:00', '2026-01-01T01:00:00.000Z'],
    ['2026-01-01 10:00:00-05', '2026-01-01T15:00:00.000Z'],
    ['2026-01-01T10:00:00+0530', '2026-01-01T04:30:00.000Z'],
  ])('%s is %s, whatever the zone of the machine', (text, instant) => {
    expect(settledInstant(text)).toBe(instant);
  });

  test.each(['', '5', '2026', '2026-02-30', '2026-13-01', '2026-01-01T25:00', '1 Jan 2026', '9999-12-31T23:59-09:00'])(
    '%s is none',
    (text) => {
      expect(instantMs(text)).toBeNaN();
    },
  );
});
