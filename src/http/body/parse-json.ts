/** Parses JSON; control characters inside strings (E-utilities put raw newlines into `ERROR`) count as blanks. Throws a SyntaxError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Between the tokens a control character is white space anyway, so every one may become a blank.
    return JSON.parse(text.replace(/[\u0000-\u001f]/g, ' '));
  }
}
