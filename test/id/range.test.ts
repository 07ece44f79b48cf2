import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandRange, MOST_MEMBERS, MOST_MEMBERS_OF_LARGE } from '../../src/id/range.ts';

test.each([
  ['SRR1000001-SRR1000003', ['SRR1000001', 'SRR1000002', 'SRR1000003']],
  ['SRR1000001..SRR1000003', ['SRR1000001', 'SRR1000002', 'SRR1000003']],
  ['srr1000001 - srr1000002', ['SRR1000001', 'SRR1000002']],
  ['SRR1000001–SRR1000002', ['SRR1000001', 'SRR1000002']],
  ['SRR1000001-1000003', ['SRR1000001', 'SRR1000002', 'SRR1000003']],
  ['SRR1000001-SRR1000001', ['SRR1000001']],
  ['GSM9-GSM11', ['GSM9', 'GSM10', 'GSM11']],
  ['SRR000098-SRR000101', ['SRR000098', 'SRR000099', 'SRR000100', 'SRR000101']],
  ['SRR999999-SRR1000001', ['SRR999999', 'SRR1000000', 'SRR1000001']],
  ['CUSTOM000009-CUSTOM000010', ['CUSTOM000009', 'CUSTOM000010']],
])('%s', (text, ids) => {
  expect(expandRange(text)).toEqual({ ok: true, ids });
});

test.each([
  'GSM1',
  'E-MTAB-1160',
  'S-BSST123',
  'TCGA-02-0001',
  'cddd61a9-8f2a-4b1c-9d3e-0a1b2c3d4e5f',
  'CUSTOM1-2',
  'AB12-CD34',
  '',
  '-',
  '1-3',
])('%j is no range', (text) => {
  expect(expandRange(text)).toBeNull();
});

describe('refused, with the reason', () => {
  test.each([
    ['SRR1000009-SRR1000001', /descends/],
    ['SRR1000001-ERR1000009', /both ends must begin alike/],
    ['SRR1000001-9', /write both ends in full/],
    ['SRR0999999-SRR1000001234', /write both ends in full/],
    ['GSM1-GSM10001', /10,001 ids; more than 10,000 only with --large-range/],
    ['GSM1-GSM99999999999999999999', /15 digits/],
    ['SRR99999-SRR100001', /end SRR99999 is no accession: 5 digits, needs at least 6/],
  ])('%s', (text, reason) => {
    const range = expandRange(text);
    expect(range).toMatchObject({ ok: false });
    expect(range?.ok === false && range.reason).toMatch(reason);
  });
});

test('10,000 members pass, more only as a large range, a million at most', () => {
  expect(expandRange(`GSM1-GSM${MOST_MEMBERS}`)).toMatchObject({ ok: true });
  const large = expandRange(`GSM1-GSM${MOST_MEMBERS + 1}`, { largeRange: true });
  expect(large?.ok === true && large.ids).toHaveLength(MOST_MEMBERS + 1);
  expect(expandRange(`GSM1-GSM${MOST_MEMBERS_OF_LARGE + 1}`, { largeRange: true })).toMatchObject({ ok: false });
});

test('the size is checked before anything is expanded', () => {
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 100; round++) {
    expect(expandRange('GSM1-GSM9999999999')?.ok).toBe(false);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
});

test('every member has the width of the ends, each once, ascending', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_000_000 }), fc.integer({ min: 0, max: 300 }), (start, length) => {
      const pad = (number: number): string => `CUSTOM${String(number).padStart(8, '0')}`;
      const range = expandRange(`${pad(start)}..${pad(start + length)}`);
      if (range?.ok !== true) return false;
      return range.ids.length === length + 1 && range.ids.every((id, index) => id === pad(start + index));
    }),
    { numRuns: 200 },
  );
});
