import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCount, parseDecimal, parseWhole } from '../../../handlers/xml/parse-number.ts';
import { readRecords } from '../../../handlers/xml/read-records.ts';
import { MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT } from '../../../handlers/xml/record-reader.ts';
import type { XmlElement } from '../../../handlers/xml/xml-element.ts';
import { BadResponseError } from '../../../src/ports/handler.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

const FORMAT = { what: 'the test', roots: ['SET'], records: ['R'], skip: ['NOISE'] };

async function read(text: string, size = 65_536): Promise<XmlElement[]> {
  return collect(readRecords(inChunks(text, size), FORMAT));
}

async function faultOf(text: string): Promise<{ kind: unknown; message: string }> {
  const error = await read(text).then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof BadResponseError))
    throw new Error(`no BadResponseError for ${text.slice(0, 80)}`, { cause: error });
  expect(error.hint).toBeTruthy();
  return { kind: error.fields.kind, message: error.message };
}

describe('records of an XML document', () => {
  it('come whole, in order, with the text as it stands', async () => {
    const records = await read('<SET><HEAD/><R a="1&amp;2"> x <B><![CDATA[<y>]]></B> z </R><R/></SET>');
    expect(records).toEqual([
      {
        name: 'R',
        attributes: { a: '1&2' },
        text: ' x  z ',
        children: [{ name: 'B', attributes: {}, text: '<y>', children: [] }],
      },
      { name: 'R', attributes: {}, text: '', children: [] },
    ]);
  });

  it('lack the skipped elements with all that is below them', async () => {
    const [record] = await read('<SET><R><NOISE><B>1<NOISE/></B></NOISE><B>2</B></R></SET>');
    expect(record?.children.map((child) => child.text)).toEqual(['2']);
  });

  it('a record inside a record, and a record as root, are one record', async () => {
    const inner = await read('<SET><R><R/></R></SET>');
    expect(inner).toHaveLength(1);
    expect(inner[0]?.children[0]?.name).toBe('R');
    const asRoot = readRecords(inChunks('<R>1</R>'), { ...FORMAT, roots: ['R'] });
    expect((await collect(asRoot)).map((record) => record.text)).toEqual(['1']);
  });

  it('come one at a time: the first is given before the second has been read', async () => {
    let chunks = 0;
    async function* source(): AsyncGenerator<string> {
      yield '<SET>';
      for (; chunks < 1000; chunks += 1) yield '<R><B>x</B></R>';
      yield '</SET>';
    }
    const records = readRecords(source(), FORMAT);
    await records.next();
    expect(chunks).toBeLessThan(2);
    await records.return(undefined);
  });

  it('are the same however the text is cut into chunks', async () => {
    const text = await fixture('ncbi/sra-packages/odd-shapes.xml');
    const format = { what: 't', roots: ['EXPERIMENT_PACKAGE_SET'], records: ['EXPERIMENT_PACKAGE'], skip: [] };
    const whole = await collect(readRecords(inChunks(text, text.length), format));
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (size) => {
        expect(await collect(readRecords(inChunks(text, size), format))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a document that is none, or not all of it', () => {
  it('is refused wherever it is cut', async () => {
    const text = '<SET><R a="1"><B>x &amp; y</B></R><R/></SET>';
    for (let end = 0; end < text.length; end += 1) {
      expect((await faultOf(text.slice(0, end))).kind, text.slice(0, end)).toBe('cut');
    }
  });

  it.each([
    [
      'an error of E-utilities',
      '<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>',
      'error_text',
      'Unable to obtain query #1',
    ],
    ['an error among records', '<SET><R/><ERROR>Back end failed</ERROR></SET>', 'error_text', 'Back end failed'],
    ['another root', '<OTHER><R/></OTHER>', 'wrong_root', '<OTHER>, not <SET>'],
    ['an HTML page', '<!DOCTYPE html><html><head><meta charset=utf-8></head></html>', 'wrong_root', '<html>'],
    ['plain text', 'Error occurred: too busy', 'wrong_root', 'Error occurred: too busy'],
    ['JSON', '{"error":"API rate limit exceeded"}', 'wrong_root', 'API rate limit exceeded'],
    ['crossed tags', '<SET><R></SET></R>', 'malformed', 'not well-formed'],
    ['something after the end', '<SET/><SET/>', 'malformed', 'one root'],
  ])('is refused by name: %s', async (_what, text, kind, words) => {
    const fault = await faultOf(text);
    expect(fault.kind).toBe(kind);
    expect(fault.message).toContain(words);
  });

  it('is refused when it is nested too deep', async () => {
    const nested = (depth: number): string => `<SET>${'<R>'.repeat(depth)}${'</R>'.repeat(depth)}</SET>`;
    expect(await read(nested(MAX_DEPTH - 1))).toHaveLength(1);
    expect((await faultOf(nested(MAX_DEPTH))).kind).toBe('too_large');
  });

  it('is refused when one text, or anything between two tags, is too long', async () => {
    const long = 'x'.repeat(MAX_TEXT + 65_536 * 2);
    expect((await faultOf(`<SET><R>${long}</R></SET>`)).kind).toBe('too_large');
    expect((await faultOf(`<SET><R a="${long}"/></SET>`)).kind).toBe('too_large');
    expect((await faultOf(`<SET><!-- ${long} --></SET>`)).kind).toBe('too_large');
    const inPieces = `<B/>${'x'.repeat(1024 * 1024)}`.repeat(17);
    expect((await faultOf(`<SET><R>${inPieces}</R></SET>`)).kind).toBe('too_large');
  });

  it('is refused when one record has too many elements', async () => {
    expect((await faultOf(`<SET><R>${'<B/>'.repeat(MAX_ELEMENTS)}</R></SET>`)).kind).toBe('too_large');
  });

  it('expands no entities of its own: a bomb stays text', async () => {
    const bomb = '<!DOCTYPE SET [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><SET><R>&b;</R></SET>';
    expect((await read(bomb))[0]?.text).toBe('&b;');
  });

  it('keeps a record with a character that XML forbids', async () => {
    const records = await read('<SET><R>5 \u0001 \u00b5l &nbsp; &#1; ]]></R><R>next</R></SET>');
    expect(records.map((record) => record.text)).toEqual(['5 \u0001 \u00b5l &nbsp; &#1; ]]>', 'next']);
  });
});

describe('numbers', () => {
  it('are null where the text is none', () => {
    expect([
      parseCount('100000000000000000'),
      parseCount('variable'),
      parseCount('-1'),
      parseCount(''),
      parseCount(null),
    ]).toEqual([100_000_000_000_000_000n, null, null, null, null]);
    expect([parseWhole('9606'), parseWhole('9.5'), parseWhole('99999999999999999999')]).toEqual([9606, null, null]);
    expect([parseDecimal('50.52'), parseDecimal('0'), parseDecimal('1e2'), parseDecimal('n/a')]).toEqual([
      50.52,
      0,
      100,
      null,
    ]);
  });
});
