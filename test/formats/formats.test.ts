import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/cli/global-options.ts';
import { createRowWriter } from '../../src/cli/render/choose-writer.ts';
import { createPaint } from '../../src/cli/render/paint.ts';
import { cellText, jsonText, type PrintColumn, type PrintRow } from '../../src/formats/cell.ts';

const COLUMNS: readonly PrintColumn[] = [
  { name: 'key' },
  { name: 'text' },
  { name: 'n', numeric: true },
  { name: 'more' },
];

async function printed(format: Format, batches: readonly (readonly PrintRow[])[], width = 80): Promise<string> {
  let text = '';
  const write = async (more: string) => {
    text += more;
  };
  const writer = createRowWriter(format, COLUMNS, write, { width, paint: createPaint(false) });
  for (const rows of batches) await writer.write(rows);
  await writer.end();
  return text;
}

const NASTY: PrintRow = {
  key: 'GSM1',
  text: 'tab\there\nline\\ "quoted", comma',
  n: 9_007_199_254_740_993n,
  more: { tissue: ['brain'] },
};
const EMPTY: PrintRow = { key: 'GSM2', text: null, n: 5n, more: ['a', 'b'] };

describe('cells', () => {
  it.each([
    [null, null],
    [undefined, null],
    ['', ''],
    [12n, '12'],
    [true, 'true'],
    [['a', 'b'], 'a,b'],
    [['a,b', 'c'], '["a,b","c"]'],
    [[''], '[""]'],
    [{ a: ['b'] }, '{"a":["b"]}'],
  ])('%o is %s', (value, text) => {
    expect(cellText(value as never)).toBe(text);
  });

  it('keeps 64-bit integers exact in JSON', () => {
    expect(jsonText({ a: 9_007_199_254_740_991n, b: 9_007_199_254_740_993n, c: -1n })).toBe(
      '{"a":9007199254740991,"b":"9007199254740993","c":-1}',
    );
  });
});

describe('formats', () => {
  it('tsv escapes what would break a line, NULL is empty', async () => {
    expect(await printed('tsv', [[NASTY], [EMPTY]])).toBe(
      'key\ttext\tn\tmore\n' +
        'GSM1\ttab\\there\\nline\\\\ "quoted", comma\t9007199254740993\t{"tissue":["brain"]}\n' +
        'GSM2\t\t5\ta,b\n',
    );
  });

  it('csv is RFC 4180 and tells NULL from the empty text', async () => {
    expect(await printed('csv', [[NASTY, EMPTY, { key: 'GSM3', text: '', n: null, more: null }]])).toBe(
      'key,text,n,more\r\n' +
        'GSM1,"tab\there\nline\\ ""quoted"", comma",9007199254740993,"{""tissue"":[""brain""]}"\r\n' +
        'GSM2,,5,"a,b"\r\n' +
        'GSM3,"",,\r\n',
    );
  });

  it('json is one document, also without rows', async () => {
    const text = await printed('json', [[NASTY], [EMPTY], []]);
    expect(JSON.parse(text)).toEqual([
      { key: 'GSM1', text: NASTY.text, n: '9007199254740993', more: { tissue: ['brain'] } },
      { key: 'GSM2', text: null, n: 5, more: ['a', 'b'] },
    ]);
    expect(JSON.parse(await printed('json', []))).toEqual([]);
  });

  it('ndjson is one line per row', async () => {
    const lines = (await printed('ndjson', [[NASTY, EMPTY]])).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).key)).toEqual(['GSM1', 'GSM2']);
  });

  it('markdown escapes pipes and breaks', async () => {
    expect(await printed('markdown', [[{ key: 'a|b', text: 'x\ny', n: 1n, more: null }]])).toBe(
      '| key | text | n | more |\n| --- | --- | ---: | --- |\n| a\\|b | x y | 1 |  |\n',
    );
  });

  it('delimited formats print their header when there are no rows', async () => {
    expect(await printed('tsv', [])).toBe('key\ttext\tn\tmore\n');
    expect(await printed('csv', [[]])).toBe('key,text,n,more\r\n');
    expect(await printed('table', [])).toBe('key  text  n  more\n');
  });

  it('parquet is refused by name', async () => {
    await expect(printed('parquet', [])).rejects.toThrow('does not write Parquet');
  });
});
