/** A piece of SQL: code, a quoted text or name, or a comment. */
interface Piece {
  readonly kind: 'code' | 'quoted' | 'comment';
  readonly text: string;
  /** False: its end has not been typed yet. */
  readonly isClosed: boolean;
}

/** Where SQL text splits: the first whole statement and what follows it. */
export interface Split {
  /** Up to and with the first `;`; null while none is complete. */
  readonly statement: string | null;
  readonly rest: string;
}

/** Reads one piece at the beginning of a text. */
function pieceAt(text: string): Piece {
  const dollar = /^\$[A-Za-z_]*\$/.exec(text)?.[0];
  if (text.startsWith('--')) return until(text, '\n', 'comment', 2);
  if (text.startsWith('/*')) return blockComment(text);
  if (text.startsWith("'")) return until(text, "'", 'quoted', 1);
  if (text.startsWith('"')) return until(text, '"', 'quoted', 1);
  if (dollar !== undefined) return until(text, dollar, 'quoted', dollar.length);
  const length = /^(?:[^'"$;/-]+|[\s\S])/.exec(text)?.[0].length ?? 1;
  return { kind: 'code', text: text.slice(0, length), isClosed: true };
}

function until(text: string, end: string, kind: Piece['kind'], from: number): Piece {
  const place = text.indexOf(end, from);
  if (place === -1) return { kind, text, isClosed: false };
  return { kind, text: text.slice(0, place + end.length), isClosed: true };
}

/** Comments in comments count, as in DuckDB. */
function blockComment(text: string): Piece {
  let depth = 0;
  for (const match of text.matchAll(/\/\*|\*\//g)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'comment', text: text.slice(0, match.index + 2), isClosed: true };
  }
  return { kind: 'comment', text, isClosed: false };
}

function* pieces(text: string): Generator<Piece> {
  for (let left = text; left !== ''; ) {
    const piece = pieceAt(left);
    yield piece;
    left = left.slice(piece.text.length);
  }
}

/** Splits off the first statement. A `;` within quotes or comments ends nothing. */
export function splitStatement(text: string): Split {
  let length = 0;
  for (const piece of pieces(text)) {
    length += piece.text.length;
    if (piece.kind === 'code' && piece.text === ';') {
      return { statement: text.slice(0, length), rest: text.slice(length) };
    }
  }
  return { statement: null, rest: text };
}

/** True when there is nothing to run: blanks, comments that have ended, and `;` alone. */
export function isBlank(text: string): boolean {
  for (const { kind, text: part, isClosed } of pieces(text)) {
    if (kind === 'quoted' || (kind === 'comment' && !isClosed && part.startsWith('/*'))) return false;
    if (kind === 'code' && !/^[\s;]*$/.test(part)) return false;
  }
  return true;
}

/** A statement in one line, for the history: without comments, each run of blanks as one; quoted text as it was. */
export function inOneLine(text: string): string {
  let line = '';
  for (const { kind, text: part } of pieces(text)) {
    if (kind === 'quoted') line += part.replaceAll(/\r?\n/g, ' ');
    else {
      const code = kind === 'comment' ? ' ' : part.replaceAll(/\s+/g, ' ');
      line += line.endsWith(' ') ? code.trimStart() : code;
    }
  }
  return line.replace(/ +;$/, ';').trim();
}
