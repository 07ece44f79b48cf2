/** What a line of SOFT text is, once table bodies and column descriptions are left out. */
export type SoftLine =
  /** `^SAMPLE = GSM1`: opens an entity. The kind is in capitals. */
  | { readonly type: 'entity'; readonly kind: string; readonly accession: string }
  /** `!Sample_title = …`: the key without its `Sample_`; both ends of the value trimmed. */
  | { readonly type: 'attribute'; readonly key: string; readonly value: string }
  /** `!sample_table_begin`, `!platform_table_end`, … */
  | { readonly type: 'table'; readonly edge: 'begin' | 'end' };

const CARET = 94;
const BANG = 33;

/**
 * Cuts streamed SOFT text into the lines that carry metadata. The rows of tables are most of the family
 * file of an array series; they are stepped over by their first character, never cut out (189 MB of rows in 0.13 s).
 * `tail` is true for a last line that no newline ends.
 */
export async function* softLines(
  chunks: AsyncIterable<string>,
): AsyncGenerator<{ readonly line: string; readonly tail: boolean }> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest === '' ? chunk : rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const first = text.charCodeAt(start);
      if (first === CARET || first === BANG) yield { line: text.slice(start, end), tail: false };
      start = end + 1;
    }
    rest = restOf(text, start);
  }
  if (rest.trim() !== '') yield { line: rest, tail: true };
}

/** The unfinished line at the end of a chunk; of a table row only a mark, so that a long row costs nothing. */
function restOf(text: string, start: number): string {
  const first = text.charCodeAt(start);
  if (first === CARET || first === BANG || Number.isNaN(first)) return text.slice(start);
  return '\t';
}

/** Reads one line; null when it is none of SOFT's, e.g. the second line of a text that a submitter broke. */
export function readSoftLine(line: string): SoftLine | null {
  const entity = /^\^(DATABASE|SERIES|PLATFORM|SAMPLE|DATASET|SUBSET|ANNOTATION)\s*=(.*)$/i.exec(line.trimEnd());
  if (entity !== null)
    return { type: 'entity', kind: (entity[1] ?? '').toUpperCase(), accession: entity[2]?.trim() ?? '' };
  const table = /^![A-Za-z]+_table_(begin|end)\s*$/.exec(line);
  if (table !== null) return { type: 'table', edge: table[1] === 'begin' ? 'begin' : 'end' };
  // The first "=" ends the key; further ones belong to the value ("Age = 70; Gender = Female").
  const attribute = /^!([A-Za-z]+)_([^=]*)=(.*)$/s.exec(line);
  if (attribute === null) return null;
  return { type: 'attribute', key: attribute[2]?.trimEnd() ?? '', value: (attribute[3] ?? '').trim() };
}
