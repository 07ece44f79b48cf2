/** Rows of a csv or tsv text; blank lines and lines that begin with `#` left out. */
export type Cells = readonly (readonly string[])[];

/** Reads csv or tsv text (RFC 4180: quoted cells may hold the delimiter, line ends and doubled quotes); cells are trimmed. */
export function readDelimited(text: string, delimiter: string): Cells {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const { cell, ends } of cells(text, delimiter)) {
    row.push(cell.trim());
    if (!ends) continue;
    if (row.some((value) => value !== '') && row[0]?.startsWith('#') !== true) rows.push(row);
    row = [];
  }
  return rows;
}

/** The cells of a text in order; `ends` is true for the last one of a row. */
function* cells(text: string, delimiter: string): Generator<{ readonly cell: string; readonly ends: boolean }> {
  let position = 0;
  while (position < text.length) {
    const quoted = text[position] === '"' ? quotedCell(text, position) : null;
    const start = quoted?.end ?? position;
    const end = plainEnd(text, start, delimiter);
    // Text after a closing quote ("a"b) is no csv; it is kept rather than lost.
    yield { cell: (quoted?.value ?? '') + text.slice(start, end), ends: text[end] !== delimiter };
    position = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    if (text[end] === delimiter && position === text.length) yield { cell: '', ends: true };
  }
}

/** Position of the next delimiter or line end. */
function plainEnd(text: string, start: number, delimiter: string): number {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}

/** The value of a quoted cell and the position after its closing quote; null when it never closes. */
function quotedCell(text: string, start: number): { readonly value: string; readonly end: number } | null {
  let from = start + 1;
  let value = '';
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', from)) {
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
  return null;
}
