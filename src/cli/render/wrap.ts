import { displayWidth } from './display-width.ts';

/**
 * The text as lines of at most that many cells, broken at blanks. A word that is longer, an address for instance, stays
 * whole on a line of its own, so that it can be copied. `first` is the room of the first line, default that of the others.
 */
export function wrap(text: string, cells: number, first = cells): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = lines.length === 0 ? first : cells;
    if (line === '' || displayWidth(longer) <= room) line = longer;
    else {
      lines.push(line.trimEnd());
      line = word;
    }
  }
  return [...lines, line];
}

/** A line that is too long, continued below `indent` blanks. */
export function wrapLine(line: string, cells: number, indent: number): string[] {
  const start = line.length - line.trimStart().length;
  const [first = '', ...more] = wrap(line.slice(start), Math.max(10, cells - indent), Math.max(10, cells - start));
  return [' '.repeat(start) + first, ...more.map((part) => ' '.repeat(indent) + part)];
}
