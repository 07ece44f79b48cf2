import { expect, test } from 'vitest';
import { isoTime } from '../../src/http/iso-time.ts';

test.each([0, 1, 999, 1000, 1_700_000_000_007, 1_700_000_000_999, 1_700_000_001_000, 1_700_000_000_500.75, 7])(
  '%d ms is what a date says',
  (ms) => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  },
);
