import { UsageError } from '../../errors/usage-error.ts';
import { FORMATS, type Format } from '../global-options.ts';

/** What a line that begins with a dot asks for. */
export type DotCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'tables' }
  | { readonly kind: 'queries' }
  | { readonly kind: 'schema'; readonly table: string | null }
  | { readonly kind: 'timing'; readonly isOn: boolean }
  | { readonly kind: 'format'; readonly format: Format };

/** Formats that fit a terminal. */
export const PROMPT_FORMATS: readonly Format[] = FORMATS.filter((format) => format !== 'parquet' && format !== 'xlsx');

/** Every dot command as `.help` shows it. */
export const DOT_COMMANDS: readonly { readonly name: string; readonly usage: string; readonly says: string }[] = [
  { name: '.tables', usage: '.tables', says: 'the views with their rows' },
  { name: '.schema', usage: '.schema [table]', says: 'columns of all views, or of one' },
  { name: '.queries', usage: '.queries', says: 'named queries of the project; @name value runs one' },
  { name: '.format', usage: `.format ${PROMPT_FORMATS.join('|')}`, says: 'how rows are printed' },
  { name: '.timing', usage: '.timing on|off', says: 'say how long each query took' },
  { name: '.help', usage: '.help', says: 'this list' },
  { name: '.quit', usage: '.quit', says: 'leave; so does Ctrl-D' },
];

/** Reads a line such as `.schema runs;`. UsageError says what is wrong with it. */
export function parseDotCommand(line: string): DotCommand {
  const [name = '', ...words] = line.trim().replace(/;+$/, '').trim().split(/\s+/);
  const [word] = words;
  if (words.length > 1) throw new UsageError(`${name} takes one word at most.`, { hint: '.help' });
  switch (name.toLowerCase()) {
    case '.help':
    case '.h':
      return { kind: 'help' };
    case '.quit':
    case '.exit':
    case '.q':
      return { kind: 'quit' };
    case '.tables':
      return { kind: 'tables' };
    case '.queries':
      return { kind: 'queries' };
    case '.schema':
      return { kind: 'schema', table: word?.toLowerCase() ?? null };
    case '.timing':
      return { kind: 'timing', isOn: onOrOff(word) };
    case '.format':
    case '.mode':
      return { kind: 'format', format: knownFormat(word) };
    default:
      throw new UsageError(`There is no command ${name}.`, {
        hint: `Commands: ${DOT_COMMANDS.map((command) => command.name).join(', ')}.`,
      });
  }
}

function onOrOff(word: string | undefined): boolean {
  if (word === undefined || word === 'on') return true;
  if (word === 'off') return false;
  throw new UsageError('.timing takes on or off.', { hint: '.timing on' });
}

function knownFormat(word: string | undefined): Format {
  const format = PROMPT_FORMATS.find((one) => one === word?.toLowerCase());
  if (format !== undefined) return format;
  throw new UsageError(word === undefined ? '.format takes a format.' : `There is no format ${word} here.`, {
    hint: `.format ${PROMPT_FORMATS.join('|')}`,
  });
}
