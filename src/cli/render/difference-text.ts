import { cellText } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { Difference } from '../../ports/comparison.ts';
import type { CellValue } from '../../records/table.ts';
import { displayWidth } from './display-width.ts';
import type { Paint } from './paint.ts';
import { wrap, wrapLine } from './wrap.ts';

/** Text columns that hold several values joined with commas. */
const JOINED: ReadonlySet<string> = new Set(['children', 'raw_link', 'read_lengths']);

/** Members of a list that are shown of those that came, and of those that went. */
const MAX_MEMBERS = 10;

/** One difference for a person: `  GSM1  title: "a" → "b"`, as many lines as it takes. */
export function differenceText(difference: Difference, width: number, paint: Paint): string {
  const { key, change, column, before, after } = difference;
  if (column === null) {
    const [mark, colour, what] = change === 'added' ? ['+', paint.good, after] : ['-', paint.bad, before];
    const text = what === null ? '' : `  ${printable(cellText(what) ?? '')}`;
    return linesOf(wrapLine(`${mark} ${printable(key)}${text}`, width, 4).map((line) => colour(line)));
  }
  const parts = partsOf(column, before, after);
  return parts.map((part) => partText(printable(key), part, width, paint)).join('');
}

/** What differs in one cell, by the part of it. */
interface Part {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

function partsOf(column: string, before: CellValue, after: CellValue): Part[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => {
      const [was, is] = [before[name]?.join(', '), after[name]?.join(', ')];
      return was === is ? [] : [{ name: `${column}.${name}`, before: quoted(was ?? null), after: quoted(is ?? null) }];
    });
  }
  const [older, newer] = [membersOf(column, before), membersOf(column, after)];
  if (older === null || newer === null) return [{ name: column, before: quoted(before), after: quoted(after) }];
  const came = newer.filter((one) => !older.includes(one));
  const went = older.filter((one) => !newer.includes(one));
  // The same members in another order.
  if (came.length + went.length === 0) return [{ name: column, before: quoted(before), after: quoted(after) }];
  return [{ name: column, before: signed('-', went), after: signed('+', came) }];
}

function isObject(value: CellValue): value is { readonly [name: string]: readonly string[] } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of a cell that is a list, or null. */
function membersOf(column: string, value: CellValue): readonly string[] | null {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' && JOINED.has(column) ? value.split(',') : null;
}

/** `+2: a, b`; empty for none. */
function signed(sign: string, members: readonly string[]): string {
  if (members.length === 0) return '';
  const more = members.length > MAX_MEMBERS ? `, … ${members.length - MAX_MEMBERS} more` : '';
  return printable(`${sign} ${members.slice(0, MAX_MEMBERS).join(', ')}${more}`);
}

/** A text in quotes, so that an empty one is seen; NULL as `nothing`. */
function quoted(value: CellValue): string {
  if (value === null) return 'nothing';
  return typeof value === 'string' ? `"${printable(value)}"` : printable(cellText(value) ?? '');
}

function partText(key: string, { name, before, after }: Part, width: number, paint: Paint): string {
  const head = `  ${key}  ${printable(name)}`;
  const isList = /^(|[-+] .*)$/s.test(before) && /^(|[-+] .*)$/s.test(after);
  const [older, newer] = [paint.bad(before), paint.good(after)];
  const line = isList ? [older, newer].filter((part) => part !== '').join('  ') : `${older} → ${newer}`;
  const cells = displayWidth(head) + 2 + displayWidth(before) + displayWidth(after) + 3;
  if (cells <= width) return `${head}: ${line}\n`;
  const room = Math.max(20, width - 12);
  const block = (label: string, text: string, colour: (text: string) => string): string[] =>
    text === ''
      ? []
      : wrap(text, room).map((one, index) => `    ${index === 0 ? label : ' '.repeat(6)}  ${colour(one)}`);
  return linesOf([`${head}:`, ...block('before', before, paint.bad), ...block('after ', after, paint.good)]);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
