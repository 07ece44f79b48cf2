import { nearestKey } from '../config/nearest-key.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { NamedQuery, Query, QueryParameters } from '../ports/query.ts';

/** A statement with the values of its parameters. */
export interface BoundText {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** `@brain` and `tissue=brain`, or SQL and its values, as a statement to run. UsageError says what is missing or unknown. */
export async function boundText(query: Query, text: string, words: readonly string[]): Promise<BoundText> {
  const named = text.startsWith('@') ? await findNamed(query, text.slice(1)) : null;
  const sql = named?.sql ?? text;
  if (named === null && words.length === 0) return { sql, parameters: [] };
  const names = await query.parametersOf(sql);
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) return { sql, parameters: words };
  const given = valuesByName(words, names);
  const defaults = (named?.parameters ?? []).flatMap(({ name, defaultValue }) =>
    defaultValue === null || !names.includes(name) ? [] : [[name, defaultValue] as const],
  );
  const parameters = { ...Object.fromEntries(defaults), ...given };
  checkNames(text, names, parameters);
  return { sql, parameters };
}

async function findNamed(query: Query, name: string): Promise<NamedQuery> {
  const all = await query.named();
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name);
  const nearest = nearestKey(name, names);
  const list =
    names.length === 0 ? 'Write its SQL into queries/NAME.sql of the project.' : `There are ${names.join(', ')}.`;
  throw new UsageError(`There is no query named ${name === '' ? 'nothing' : name}.`, {
    hint: nearest === null ? list : `Did you mean @${nearest}?`,
    fields: { query: name },
  });
}

function valuesByName(words: readonly string[], names: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const word of words) {
    const [whole, name = '', value = ''] = /^\$?(\w+)=([\s\S]*)$/.exec(word) ?? [];
    if (whole === undefined) {
      throw new UsageError(`"${word}" has no name.`, { hint: `Write name=value; ${parameterList(names)}` });
    }
    if (values.has(name)) throw new UsageError(`$${name} was given twice.`, { hint: 'Give one value.' });
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

/** Told before anything runs, in the words of the command line. */
function checkNames(text: string, names: readonly string[], given: Readonly<Record<string, string>>): void {
  const what = text.startsWith('@') ? text : 'The statement';
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`${what} has no parameter ${dollars(unknown)}.`, { hint: capitalized(parameterList(names)) });
  }
  if (missing.length > 0) {
    const example = missing.map((name) => `${name}=…`).join(' ');
    throw new UsageError(`${what} needs ${dollars(missing)}.`, { hint: `Give ${example}` });
  }
}

function parameterList(names: readonly string[]): string {
  return names.length === 0 ? 'it has no parameters.' : `its parameters: ${dollars(names)}.`;
}

function dollars(names: readonly string[]): string {
  return names.map((name) => `$${name}`).join(', ');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
