import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvWriter } from '../../src/formats/delimited.ts';
import { type Dialect, type TextRecord, textRecords } from '../../src/import/text-records.ts';

const CSV: Dialect = { delimiter: ',', cells: 'quotes' };

async function recordsOf(pieces: readonly string[], dialect = CSV): Promise<TextRecord[]> {
  async function* texts() {
    yield* pieces;
  }
  const records: TextRecord[] = [];
  for await (const batch of textRecords(texts(), () => dialect)) records.push(...batch);
  return records;
}

test('wherever a file is cut into pieces, the records, cells and lines are the same', async () => {
  const cell = fc.option(
    fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('"', '\r\n', '\n', '\r', ',', '""', '')),
  );
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.nat(80), { maxLength: 6 }), async (table, cuts) => {
      let text = '';
      const writer = createCsvWriter([{ name: 'a' }, { name: 'b' }], async (more) => {
        text += more;
      });
      await writer.write(table.map(([a, b]) => ({ a, b })));
      await writer.end();
      const ends = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
      const pieces = [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
      const records = await recordsOf(pieces);
      expect(records.slice(1).map(({ cells }) => cells)).toEqual(table);
      const lineOf = (index: number) => records[index]?.line ?? 0;
      const lines = table.map(([a, b]) => 1 + (`${a ?? ''},${b ?? ''}`.match(/\r\n|[\r\n]/g)?.length ?? 0));
      for (const [index, taken] of lines.entries()) {
        if (index + 2 <= table.length) expect(lineOf(index + 2) - lineOf(index + 1)).toBe(taken);
      }
    }),
    { numRuns: 200 },
  );
});

test('blank lines are counted, not read; the last line needs no end', async () => {
  expect(await recordsOf(['a\r\n\r\nb\n', '\nc'])).toEqual([
    { line: 1, cells: ['a'] },
    { line: 3, cells: ['b'] },
    { line: 5, cells: ['c'] },
  ]);
});

test('celline’s own tsv has escapes and no quotes', async () => {
  const own: Dialect = { delimiter: '\t', cells: 'escapes' };
  expect(await recordsOf(['"a\\t\\\\n\\n\t\\q\n'], own)).toEqual([{ line: 1, cells: ['"a\t\\n\n', '\\q'] }]);
});

test('a quote that never closes is told by the line on which it opens', async () => {
  await expect(recordsOf(['a,b\n', '1,2\n3,"4\n5,6\n'])).rejects.toThrow('line 3: a quoted cell is not closed');
});
