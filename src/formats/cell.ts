import type { CellValue } from '../records/table.ts';

/** One column of rows to print. Numbers stand at the right edge of a table. */
export interface PrintColumn {
  readonly name: string;
  readonly numeric?: boolean;
  /** Cells that a table of people keeps for it when later rows may be wider than those whose widths were looked at. */
  readonly reserve?: number;
  /** True: on a terminal a text that is too long goes on below, instead of being cut. */
  readonly wraps?: boolean;
}

/** Rows to print: like records, but a cell may hold any JSON value. */
export type PrintRow = Readonly<Record<string, CellValue | object | undefined>>;

/** An item of a list that may stand between commas. */
const PLAIN_ITEM = /^[^,[\s](?:[^,]*[^,\s])?$/;

/**
 * A cell as text, or null for NULL. A list is joined with `,`, unless an item holds a comma itself, is empty, has blanks
 * around it or begins like JSON: then, like every other object, it is JSON text, so that nothing is ambiguous.
 */
export function cellText(value: CellValue | object | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item === 'string' && PLAIN_ITEM.test(item));
  return isPlainList ? value.join(',') : jsonText(value);
}

/** JSON text; a 64-bit integer is a number where a number holds it exactly, else a string. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, jsonValue, indent) ?? 'null';
}

function jsonValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return exactNumber(value);
  return value instanceof RegExp ? value.source : value;
}

/** A 64-bit integer as a number where a number holds it exactly, else as text. */
export function exactNumber(value: bigint): number | string {
  const isExact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isExact ? Number(value) : value.toString();
}
