import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors/usage-error.ts';
import { readDelimited } from '../../src/id/delimited.ts';
import { readIdList } from '../../src/id/id-list.ts';

const THREE = ['GSM1', 'SRR1039508', 'CUSTOM123456'];

describe('003-10: one list in every dress gives the same ids', () => {
  test.each([
    ['a line each', 'GSM1\nSRR1039508\nCUSTOM123456\n'],
    ['no newline at the end', 'GSM1\nSRR1039508\nCUSTOM123456'],
    ['CRLF', 'GSM1\r\nSRR1039508\r\nCUSTOM123456\r\n'],
    ['CR', 'GSM1\rSRR1039508\rCUSTOM123456\r'],
    ['byte-order mark', '\uFEFFGSM1\nSRR1039508\nCUSTOM123456\n'],
    ['comments and blank lines', '# mine\n\nGSM1 # liver, left\n  \nSRR1039508\n#GSM9\nCUSTOM123456\n'],
    ['one line, blanks', 'GSM1 SRR1039508\tCUSTOM123456'],
    ['one line, commas', 'GSM1,SRR1039508, CUSTOM123456'],
    ['semicolons', 'GSM1; SRR1039508;CUSTOM123456;'],
    ['lines and commas', 'GSM1, SRR1039508\nCUSTOM123456\n'],
    ['csv', 'id,title\nGSM1,liver\nSRR1039508,"brain, left"\nCUSTOM123456,x\n'],
    ['csv with CRLF and a byte-order mark', '\uFEFFid,title\r\nGSM1,liver\r\nSRR1039508,\r\nCUSTOM123456,x\r\n'],
    ['csv, quoted, id last', '"title","ID"\n"a ""b"", c","GSM1"\n"two\nlines","SRR1039508"\n"","CUSTOM123456"\n'],
    ['csv with semicolons', 'title;id\na;GSM1\nb;SRR1039508\nc;CUSTOM123456\n'],
    ['tsv', 'title\tid\tn\nliver, left\tGSM1\t1\nbrain\tSRR1039508\t2\nx\tCUSTOM123456\t3\n'],
    ['tsv, another heading', 'title\taccession\nliver\tGSM1\nbrain\tSRR1039508\nx\tCUSTOM123456\n'],
    ['csv without a heading', 'liver,GSM1\nbrain,SRR1039508\nx,CUSTOM123456\n'],
    ['a single column', 'id\nGSM1\nSRR1039508\nCUSTOM123456\n'],
    ['a sample sheet', 'sample,fastq_1,fastq_2\nGSM1,a.gz,b.gz\nSRR1039508,a.gz,b.gz\nCUSTOM123456,a.gz,b.gz\n'],
    ['csv with comments', '# exported\nid,title\n# first\nGSM1,liver\nSRR1039508,x\nCUSTOM123456,y\n'],
    ['several in a cell', 'id,title\nGSM1;SRR1039508,two\nCUSTOM123456,one\n'],
  ])('%s', (_, text) => {
    expect(readIdList(text).given).toEqual(THREE);
  });
});

test.each([
  ['typos stay, to be answered', 'GSM1\nGSM57642x\nliver\n', ['GSM1', 'GSM57642x', 'liver']],
  ['typos in a comma line stay', 'GSM1, GMS2', ['GSM1', 'GMS2']],
  ['typos in the first line stay', 'GSMX, GSMY\nGSM1\n', ['GSMX', 'GSMY', 'GSM1']],
  ['typos in a column stay', 'id,title\nGSM1,a\nGSM57642x,b\n,c\n', ['GSM1', 'GSM57642x']],
  ['duplicates stay', 'GSM1\nGSM1\n', ['GSM1', 'GSM1']],
  [
    'ranges stay whole',
    'SRR1000001 - SRR1000009\nSRR1000011-SRR1000012',
    ['SRR1000001-SRR1000009', 'SRR1000011-SRR1000012'],
  ],
  ['the first column of accessions', 'Run,BioSample\nSRR1039508,SAMN02422669\n', ['SRR1039508']],
  ['nothing', '', []],
  ['nothing but comments', '# none\n\n', []],
])('%s', (_, text, ids) => {
  expect(readIdList(text).given).toEqual(ids);
});

test('a column by its name', () => {
  const text = 'Run,BioSample\nSRR1039508,SAMN02422669\nSRR1039509,SAMN02422675\n';
  expect(readIdList(text, { column: 'biosample' }).given).toEqual(['SAMN02422669', 'SAMN02422675']);
});

test('a column that is not there is an error that lists those that are', () => {
  const read = (): unknown => readIdList('Run,BioSample\nSRR1039508,SAMN02422669\n', { column: 'gsm' });
  expect(read).toThrow(UsageError);
  expect(read).toThrow(expect.objectContaining({ hint: 'Its columns are Run, BioSample.' }));
  expect(() => readIdList('GSM1\n', { column: 'gsm' })).toThrow(UsageError);
});

test('20,000 lines are read', () => {
  const text = `id,title\n${Array.from({ length: 20_000 }, (_, n) => `GSM${n + 1},"title ${n}"`).join('\n')}\n`;
  expect(readIdList(text).given).toHaveLength(20_000);
});

test('whatever the cells hold, written csv is read back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '1') }).map((text) => text.trim());
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, (written) => {
      const text = written.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n');
      const expected = written.filter((row) => row.some((one) => one !== ''));
      expect(readDelimited(text, ',')).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
