import { describe, expect, it } from 'vitest';
import { wrap, wrapLine } from '../../../src/cli/render/wrap.ts';

describe('wrapping', () => {
  it.each([
    ['', 10, ['']],
    ['short', 10, ['short']],
    ['one two three four', 9, ['one two', 'three', 'four']],
    ['at https://example.org/a/long/address here', 12, ['at', 'https://example.org/a/long/address', 'here']],
    // Two cells each.
    ['脳 肝臓 心臓', 7, ['脳 肝臓', '心臓']],
  ])('%j at %i cells', (text, cells, lines) => {
    expect(wrap(text, cells)).toEqual(lines);
  });

  it('loses no word, whatever the width', () => {
    const text = 'Tissue was snap frozen in liquid nitrogen; total RNA was isolated with a column kit.';
    for (let cells = 1; cells < 100; cells += 7) expect(wrap(text, cells).join(' ')).toBe(text);
  });

  it('a line goes on below its indent', () => {
    expect(wrapLine('  SRR1  PAIRED, 12 spots', 16, 4)).toEqual(['  SRR1  PAIRED,', '    12 spots']);
  });
});
