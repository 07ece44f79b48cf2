/** A line of a csv or tsv: its number and its cells; null is nothing, `''` an empty text in quotes. */
export interface TextRecord {
  readonly line: number;
  readonly cells: readonly (string | null)[];
}

/** How cells are written. */
export interface Dialect {
  readonly delimiter: string;
  /** `quotes`: RFC 4180. `escapes`: `\t \n \r \\`, as celline writes tsv; a quote is a character like any other. */
  readonly cells: 'quotes' | 'escapes';
}

/** One record of a text, and where the next begins. */
interface Parsed {
  readonly cells: (string | null)[];
  readonly end: number;
  /** Line ends that it takes, those within cells included. */
  readonly lines: number;
}

/** Characters after which a quote is taken as one that never closes. */
const LONGEST_RECORD = 4_000_000;

/** A quoted cell has no end. */
export class UnclosedQuoteError extends Error {
  /** Line on which its record begins. */
  readonly line: number;

  constructor(line: number) {
    super(`line ${line}: a quoted cell is not closed`);
    this.line = line;
  }
}

/**
 * Cuts texts into records as they come; what they hold of an unfinished one waits for the next. Blank lines are left out but
 * counted. `dialectOf` is asked with the first record's text, once.
 */
export async function* textRecords(
  texts: AsyncIterable<string>,
  dialectOf: (firstLine: string) => Dialect,
): AsyncGenerator<TextRecord[]> {
  let rest = '';
  let line = 1;
  let dialect: Dialect | null = null;
  const take = (isLast: boolean): TextRecord[] => {
    dialect ??= isLast || /[\r\n]/.test(rest) ? dialectOf(/^[^\r\n]*/.exec(rest)?.[0] ?? '') : null;
    if (dialect === null) return [];
    const records: TextRecord[] = [];
    let position = 0;
    while (position < rest.length) {
      const parsed = parseRecord(rest, position, dialect, isLast);
      if (parsed === null) break;
      if (parsed.cells.length > 1 || parsed.cells[0] !== null) records.push({ line, cells: parsed.cells });
      position = parsed.end;
      line += parsed.lines;
    }
    rest = rest.slice(position);
    if (rest !== '' && (isLast || rest.length > LONGEST_RECORD)) throw new UnclosedQuoteError(line);
    return records;
  };
  for await (const text of texts) {
    rest += text;
    yield take(false);
  }
  yield take(true);
}

/** The record that begins at `start`; null when the text may end before it does. */
function parseRecord(text: string, start: number, dialect: Dialect, isLast: boolean): Parsed | null {
  const cells: (string | null)[] = [];
  let position = start;
  let lines = 1;
  for (;;) {
    const quoted = dialect.cells === 'quotes' && text[position] === '"' ? quotedCell(text, position) : undefined;
    if (quoted === null) return null;
    const from = quoted?.end ?? position;
    const end = plainEnd(text, from, dialect.delimiter);
    if (end === text.length && !isLast) return null;
    const plain = text.slice(from, end);
    // Text after a closing quote ("a"b) is no csv; it is kept rather than lost.
    cells.push(quoted === undefined ? plainCell(plain, dialect) : quoted.value + plain);
    lines += quoted?.lines ?? 0;
    if (text[end] === dialect.delimiter) {
      position = end + 1;
      continue;
    }
    // A carriage return at the end of a piece may be followed by its line feed.
    if (text[end] === '\r' && end + 1 === text.length && !isLast) return null;
    return { cells, end: end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1), lines };
  }
}

function plainEnd(text: string, start: number, delimiter: string): number {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

/** A quoted cell and the position after its closing quote; null when the text ends before it. */
function quotedCell(text: string, start: number): { value: string; end: number; lines: number } | null {
  let from = start + 1;
  let value = '';
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', from)) {
    value += text.slice(from, quote);
    // Whether the last character of a piece is doubled is not known yet.
    if (text[quote + 1] !== '"') return { value, end: quote + 1, lines: value.match(/\r\n|[\r\n]/g)?.length ?? 0 };
    value += '"';
    from = quote + 2;
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

function plainCell(text: string, { cells }: Dialect): string | null {
  if (text === '') return null;
  if (cells === 'quotes' || !text.includes('\\')) return text;
  return text.replaceAll(/\\([tnr\\])/g, (found, letter: string) => ESCAPES[letter] ?? found);
}
