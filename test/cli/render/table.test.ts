import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, pad, truncate } from '../../../src/cli/render/display-width.ts';
import { fitColumns, GAP } from '../../../src/cli/render/fit-columns.ts';
import { createPaint, isColoured } from '../../../src/cli/render/paint.ts';
import { createTableWriter } from '../../../src/cli/render/table.ts';
import type { PrintRow } from '../../../src/formats/cell.ts';

describe('width of text', () => {
  it.each([
    ['GSM1', 4],
    ['', 0],
    ['é', 1],
    ['e\u0301', 1],
    ['脳組織', 6],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['🧠', 2],
    ['👩‍🔬', 2],
    ['🇯🇵', 2],
    ['µm — β', 6],
    ['\u200b', 0],
  ])('%j takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  it('cuts to the cells it is given, never through a character', () => {
    expect(truncate('abcdef', 4)).toBe('abc…');
    expect(truncate('abcd', 4)).toBe('abcd');
    expect(truncate('脳組織', 5)).toBe('脳組…');
    expect(truncate('脳組織', 4)).toBe('脳…');
    expect(truncate('🧠🧠', 3)).toBe('🧠…');
    expect(truncate('abc', 0)).toBe('');
  });

  it('fills any text to any width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, cells) => {
        const cut = truncate(text, cells);
        expect(displayWidth(cut)).toBeLessThanOrEqual(cells);
        expect(displayWidth(pad(cut, cells, 'right'))).toBe(cells);
      }),
    );
  });
});

describe('widths of columns', () => {
  it('leaves what fits as it is', () => {
    expect(fitColumns([4, 10], 80)).toEqual([4, 10]);
    expect(fitColumns([40, 100], Number.POSITIVE_INFINITY)).toEqual([40, 100]);
  });

  it('takes from the widest first', () => {
    expect(fitColumns([10, 100, 20], 80)).toEqual([10, 46, 20]);
    expect(fitColumns([10, 50, 50], 54)).toEqual([10, 20, 20]);
  });

  it('never passes the width, and always keeps a column', () => {
    const widths = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(widths, fc.integer({ min: 10, max: 250 }), (natural, available) => {
        const fitted = fitColumns(natural, available);
        expect(fitted.length).toBeGreaterThan(0);
        const total = fitted.reduce((sum, width) => sum + width, 0) + GAP * (fitted.length - 1);
        expect(total).toBeLessThanOrEqual(available);
        fitted.forEach((width, index) => {
          expect(width).toBeLessThanOrEqual(natural[index] ?? 0);
        });
      }),
    );
  });
});

describe('tables', () => {
  const columns = [{ name: 'key' }, { name: 'title' }, { name: 'spots', numeric: true }, { name: 'note' }];

  async function table(
    rows: readonly PrintRow[],
    width: number,
    colours = false,
  ): Promise<[string, readonly string[]]> {
    let text = '';
    let hidden: readonly string[] = [];
    const writer = createTableWriter(
      columns,
      async (more) => {
        text += more;
      },
      {
        width,
        paint: createPaint(colours),
        onHidden: (names) => {
          hidden = names;
        },
      },
    );
    await writer.write(rows);
    await writer.end();
    return [text, hidden];
  }

  it('fits 80 cells with wide characters, and cuts with an ellipsis', async () => {
    const [text] = await table([{ key: 'GSM1', title: '脳'.repeat(60), spots: 12n, note: 'x'.repeat(90) }], 80);
    for (const line of text.trimEnd().split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(text).toContain('…');
    expect(text).toContain('GSM1');
  });

  it('puts numbers at the right edge and leaves no blanks behind', async () => {
    const [text] = await table(
      [
        { key: 'a', title: 'b', spots: 5n, note: null },
        { key: 'c', title: 'd', spots: 500n, note: 'e' },
      ],
      80,
    );
    expect(text).toBe('key  title  spots  note\na    b          5\nc    d        500  e\n');
  });

  it('tells which columns found no room', async () => {
    const [text, hidden] = await table([{ key: 'GSM1234567', title: 'abcdefgh', spots: 1234567n, note: 'abcdef' }], 30);
    expect(hidden).toEqual(['note']);
    expect(text.split('\n')[0]).not.toContain('note');
  });

  it('does not let data steer the terminal', async () => {
    const [text] = await table([{ key: 'a\u001b[31mred\u0007', title: 'b\nc', spots: 1n, note: '\u202edesrever' }], 80);
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(text.trimEnd().split('\n')).toHaveLength(2);
  });

  it('keeps room for words that come after the rows whose widths were looked at', async () => {
    const outcome = { name: 'outcome', reserve: 14 };
    const print = async (count: number) => {
      let text = '';
      const write = async (more: string) => {
        text += more;
      };
      const writer = createTableWriter([outcome], write, { width: 80, paint: createPaint(false) });
      await writer.write(Array.from({ length: count }, () => ({ outcome: 'added' })));
      await writer.write([{ outcome: 'network_error' }]);
      await writer.end();
      return text;
    };
    expect(await print(500)).toMatch(/added\nnetwork_error\n$/);
  });

  it('styles the header in colour only', async () => {
    expect((await table([], 80, true))[0]).toContain('\u001b[1m');
    expect((await table([], 80, false))[0]).not.toContain('\u001b');
  });
});

it('colours by flag, then environment, then terminal', () => {
  expect(isColoured(true, { NO_COLOR: '1' }, false)).toBe(true);
  expect(isColoured(false, {}, true)).toBe(false);
  expect(isColoured(undefined, { NO_COLOR: '1' }, true)).toBe(false);
  expect(isColoured(undefined, { NO_COLOR: '' }, true)).toBe(true);
  expect(isColoured(undefined, { FORCE_COLOR: '1' }, false)).toBe(true);
  expect(isColoured(undefined, { TERM: 'dumb' }, true)).toBe(false);
  expect(isColoured(undefined, {}, false)).toBe(false);
});
