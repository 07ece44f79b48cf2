/** Control characters (C0, DEL, C1) and the marks that reorder text: what an archive sends must not steer the terminal. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** The text on one line, harmless for a terminal: each row of control characters becomes one space. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ');
}
