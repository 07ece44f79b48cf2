import { describe, expect, test } from 'vitest';
import { cleanText, cleanUnit } from '../../src/records/clean-unit.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../src/records/record-unit.ts';
import { aFile, aProject, aRun, aSample } from '../../src/testing/factories.ts';

const unitOf = (unit: Partial<RecordUnit>): RecordUnit => ({ ...EMPTY_UNIT, ...unit });

describe('003-13 what a unit passes on its way into the tables', () => {
  test('control characters go, line feeds and tabs stay', () => {
    expect(cleanText('a\u001b[31mred\u0000\u009b\r\nb\tc\u007f')).toBe('a[31mred\nb\tc');
    expect(cleanText('β-actin 日本 😀')).toBe('β-actin 日本 😀');
  });

  test('of texts, lists, JSON, keys and links alike', () => {
    const { unit, dropped } = cleanUnit(
      unitOf({
        samples: [aSample({ title: 'a\u0000b', attributes: { 'tis\u0007sue': ['br\u001bain', 'whole'] } })],
        projects: [aProject({ publications: ['1\u00072', '34'] })],
        links: [{ key: 'GSM1', alias: 'SAMN1\u0007', kind: 'biosample' }],
      }),
    );
    expect(unit.samples[0]).toMatchObject({ title: 'ab', attributes: { tissue: ['brain', 'whole'] } });
    expect(unit.projects[0]?.publications).toEqual(['12', '34']);
    expect(unit.links).toEqual([{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' }]);
    expect(dropped).toEqual([]);
  });

  test('addresses that nobody can fetch are left out and named', () => {
    const { unit, dropped } = cleanUnit(
      unitOf({
        runs: [
          aRun({ raw_link: 'https://a.example/1,javascript:alert(1),ftp://b.example/2' }),
          aRun({ key: 'SRR2', raw_link: 'file:///etc/passwd' }),
          aRun({ key: 'SRR3', raw_link: null }),
        ],
        files: [aFile({ urls: ['s3://bucket/a', 'data:text/html,x', 'GS://bucket/b'] })],
        samples: [aSample({ url: 'javascript:alert(1)' })],
      }),
    );
    expect(unit.runs.map((run) => run.raw_link)).toEqual(['https://a.example/1,ftp://b.example/2', null, null]);
    expect(unit.files[0]?.urls).toEqual(['s3://bucket/a', 'GS://bucket/b']);
    expect(unit.samples[0]?.url).toBe(null);
    expect(dropped).toHaveLength(4);
    expect(dropped).toContain(
      'SRR100001: raw_link was no http, https, ftp, s3 or gs address and is left out: javascript:alert(1)',
    );
  });

  test('what has nothing to lose is given back itself, and what no table holds is left for the check of the store', () => {
    const run = aRun({ raw_link: 'https://a.example/1' });
    const odd = { ...aSample(), title: 7, attributes: ['not', 'an object'], url: undefined } as never;
    const { unit } = cleanUnit(unitOf({ runs: [run], samples: [odd] }));
    expect(unit.runs[0]).toBe(run);
    expect(unit.samples[0]).toBe(odd);
  });

  test('a name that JavaScript knows is a name like others', () => {
    const attributes = Object.fromEntries([['__proto__', ['x\u0007']]]);
    const { unit } = cleanUnit(unitOf({ samples: [aSample({ attributes })] }));
    expect(Object.entries(unit.samples[0]?.attributes ?? {})).toEqual([['__proto__', ['x']]]);
  });
});
