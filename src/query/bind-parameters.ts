import { StoreError } from '../errors/store-error.ts';
import type { QueryParameters } from '../ports/query.ts';

/**
 * The values of a statement's parameters in the order of their names (`1`, `2`, … or words). `StoreError('query')` says
 * which are missing or unknown.
 */
export function valuesInOrder(names: readonly string[], given: QueryParameters): string[] {
  const isNumbered = names.every((name) => /^\d+$/.test(name));
  if (isList(given) && isNumbered) {
    if (names.length === given.length) return names.map((name) => given[Number(name) - 1] ?? '');
    throw mismatch(`The statement has ${names.length} parameters ($1, …), ${given.length} values were given.`, {
      hint: 'Give one value per parameter, in order.',
    });
  }
  const values: Readonly<Record<string, string>> = isList(given) ? {} : given;
  const missing = names.filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !names.includes(name));
  if (missing.length === 0 && unknown.length === 0 && !(isList(given) && given.length > 0)) {
    return names.map((name) => values[name] ?? '');
  }
  const parts = [
    ...(missing.length > 0 ? [`no value was given for ${dollars(missing)}`] : []),
    ...(unknown.length > 0 ? [`it has no parameter ${dollars(unknown)}`] : []),
  ];
  const all = names.length === 0 ? 'It has no parameters.' : `Its parameters: ${dollars(names)}; give name=value.`;
  throw mismatch(`The statement cannot be run: ${parts.join('; ')}.`, {
    hint: all,
    fields: { missing: missing.join(' '), unknown: unknown.join(' ') },
  });
}

function mismatch(message: string, details: { hint: string; fields?: Record<string, string> }): StoreError {
  return new StoreError('query', message, details);
}

function isList(given: QueryParameters): given is readonly string[] {
  return Array.isArray(given);
}

function dollars(names: readonly string[]): string {
  return names.map((name) => `$${name}`).join(', ');
}
