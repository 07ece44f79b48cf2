import { settledInstant } from '../records/instant.ts';
import { settleCell } from '../records/settle-cell.ts';
import { typeName } from '../records/sql-type.ts';
import type { CellValue, Column } from '../records/table.ts';

/** A cell in the type of its column, or why it cannot be one. */
export type ReadCell = { readonly value: CellValue } | { readonly problem: string };

/**
 * A value as a file holds it (text, number, list, object) → the type of a column, as exports write it: lists joined with
 * commas or as JSON, instants in ISO 8601. Null and absent are null.
 */
export function cellOf(column: Column, value: unknown): ReadCell {
  if (value === null || value === undefined) return { value: null };
  const read = READERS[column.type](value, column);
  if (read !== undefined) return { value: read };
  return { problem: `${column.name}: ${shown(value)} is no ${WORDS[column.type] ?? typeName(column)}` };
}

/** Types whose SQL names say little. */
const WORDS: Readonly<Partial<Record<Column['type'], string>>> = {
  text: 'text',
  bigint: 'whole number',
  integer: 'whole number',
  boolean: 'true or false',
  json: 'JSON object of lists of text',
  list: 'list of text',
  timestamp: 'time (ISO 8601)',
};

type ReadValue = (value: unknown, column: Column) => CellValue | undefined;

/** Undefined: the value is none of the type. An empty text is NULL in all types but text and list. */
const READERS: Readonly<Record<Column['type'], ReadValue>> = {
  text: textOf,
  bigint: (value) => orNull(value, bigintOf),
  integer: (value) => orNull(value, integerOf),
  boolean: (value) => orNull(value, booleanOf),
  json: (value) => orNull(value, objectOf),
  list: listOf,
  timestamp: (value) => orNull(value, instantOf),
  float: (value) => orNull(value, floatOf),
  decimal: settled,
  date: settled,
  time: settled,
  uuid: settled,
};

function settled(value: unknown, column: Column): CellValue | undefined {
  return orNull(value, (one) => {
    const isPlain = typeof one === 'string' || typeof one === 'number';
    return isPlain ? settleCell(column, one) : undefined;
  });
}

function floatOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function orNull<T extends CellValue>(value: unknown, read: (value: unknown) => T | undefined): T | null | undefined {
  return value === '' ? null : read(value);
}

/** UTF-8 holds no half of a surrogate pair. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return wellFormed(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function bigintOf(value: unknown): bigint | undefined {
  // pandas makes 123.0 of a column of whole numbers in which one is missing.
  const text = String(value)
    .trim()
    .replace(/^([+-]?\d+)\.0+$/, '$1');
  if ((typeof value !== 'string' && typeof value !== 'number') || !/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const number = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

function integerOf(value: unknown): number | undefined {
  const number = bigintOf(value);
  return number === undefined || BigInt.asIntN(32, number) !== number ? undefined : Number(number);
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  const object = typeof value === 'string' ? parsed(value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  const isFit = Object.values(object).every(isTextList);
  return isFit ? (object as Readonly<Record<string, readonly string[]>>) : undefined;
}

function listOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'string') return isTextList(value) ? value : undefined;
  if (value === '') return [];
  const list = value.startsWith('[') ? parsed(value) : undefined;
  return isTextList(list) ? list : value.split(',').map((item) => item.trim());
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function instantOf(value: unknown): string | undefined {
  return typeof value === 'string' ? settledInstant(value.trim()) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
