/** Marks that no reader sees: byte-order mark, zero-width blanks and joiners, writing direction, soft hyphen. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

/** What surrounds an id that was copied from a table, a list or a sentence. */
const AROUND = /^[\s"'`“”‘’«»,;]+|(?<![\s"'`“”‘’«»,;])[\s"'`“”‘’«»,;]+$/g;

/**
 * Takes off what does not belong to an id: blanks and quotes around it, a trailing comma, marks that nobody sees.
 * The case stays; handlers' patterns are matched against `cleanIdText(text).toUpperCase()`.
 */
export function cleanIdText(text: string): string {
  return text.replace(INVISIBLE, '').replace(AROUND, '');
}
