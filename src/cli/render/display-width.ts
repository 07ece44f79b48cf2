const PLAIN = /^[\u0020-\u007e]*$/;
const ZERO_WIDTH = /^[\p{Mark}\p{Control}\p{Format}\p{Surrogate}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3/u;
/** Scripts and blocks whose characters take two cells: Unicode East_Asian_Width W and F. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character each. Made at the first need: it costs 12 ms, and most text is plain. */
function* graphemes(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** How many cells of a terminal the text takes: 2 for East Asian wide characters and emoji, 0 for combining marks. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const segment of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to that many cells, with `…` in the last one when something is missing. */
export function truncate(text: string, cells: number): string {
  if (PLAIN.test(text)) {
    if (text.length <= cells) return text;
    return cells < 1 ? '' : `${text.slice(0, cells - 1)}…`;
  }
  if (displayWidth(text) <= cells) return text;
  if (cells < 1) return '';
  let kept = '';
  let width = 0;
  for (const segment of graphemes(text)) {
    width += graphemeWidth(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text filled with blanks to that many cells. */
export function pad(text: string, cells: number, side: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, cells - displayWidth(text)));
  return side === 'left' ? blanks + text : text + blanks;
}

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}
