import { UsageError } from '../errors/usage-error.ts';

/**
 * The text of a list that somebody hands in: UTF-8, or UTF-16 as Windows programs write it, told by its byte-order mark. A
 * compressed file or a spreadsheet is a `UsageError` that calls it by `name` and says how its ids come out of it: else each line
 * of its bytes would be answered as an id. Stray bytes in a text stay, as a part of their id.
 */
export function listText(bytes: Uint8Array, name: string): string {
  const kind = NO_TEXT.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (kind !== undefined) throw new UsageError(`${name} is ${kind.is}, not text.`, { hint: kind.hint });
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  if (!isWide(text)) return text;
  throw new UsageError(`${name} is not UTF-8: every other byte is zero.`, { hint: 'Save it as text in UTF-8.' });
}

/** What people hand in in place of a list, by its first bytes. */
const NO_TEXT = [
  { magic: [0x1f, 0x8b], is: 'a gzip file', hint: 'Unpack it on the way: zcat FILE | celline … -' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], is: 'a zstd file', hint: 'Unpack it on the way: zstdcat FILE | celline … -' },
  { magic: [0x50, 0x4b, 0x03, 0x04], is: 'a spreadsheet or a zip file', hint: 'Save the sheet as csv, or unpack it.' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], is: 'a spreadsheet', hint: 'Save the sheet as csv.' },
] as const;

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** True for UTF-16 without a byte-order mark, judged by its beginning. */
function isWide(text: string): boolean {
  const start = text.slice(0, 200);
  return start.length >= 4 && start.split('\0').length - 1 >= Math.floor(start.length / 3);
}
