import { StoreError } from '../errors/store-error.ts';
import type { Column, Row, Table } from '../records/table.ts';

/** A surrogate without its partner: no text that UTF-8 can hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function fits(column: Column, value: unknown): boolean {
  switch (column.type) {
    case 'text':
      return typeof value === 'string';
    case 'bigint':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
    case 'integer':
      return typeof value === 'number' && (value | 0) === value;
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return isTextList(value);
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'json':
      return typeof value === 'object' && !Array.isArray(value) && Object.values(value ?? {}).every(isTextList);
    default:
      return column.type satisfies never;
  }
}

/** Refuses a record that its table cannot hold: a column that is not there, a value of another type, no key. */
export function checkRow(table: Table, row: Row): void {
  const keyName = table.primaryKey[0] ?? '';
  const named = `${table.name} record ${String(row[keyName])}`;
  let known = 0;
  for (const column of table.columns) {
    const value = row[column.name];
    if (value === undefined) continue;
    known += 1;
    if (value !== null && !fits(column, value)) {
      throw new StoreError('type_conversion', `${named}: column ${column.name} cannot hold ${describe(value)}.`, {
        hint: `The column is of type ${column.type}; the handler must convert the value or leave it out.`,
        fields: { table: table.name, column: column.name },
      });
    }
  }
  const names = new Set(table.columns.map((column) => column.name));
  const unknown = Object.keys(row).length > known ? Object.keys(row).find((name) => !names.has(name)) : undefined;
  if (unknown !== undefined) {
    throw new StoreError('integrity', `${named}: the table has no column ${unknown}.`, {
      hint: `Columns: ${[...names].join(', ')}.`,
      fields: { table: table.name, column: unknown },
    });
  }
  for (const name of table.primaryKey) checkKey(table, name, row[name]);
}

function checkKey(table: Table, column: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && !LONE_SURROGATE.test(value)) return;
  throw new StoreError('integrity', `A ${table.name} record has no usable ${column}: ${describe(value)}.`, {
    hint: 'A key is text of at least one character.',
    fields: { table: table.name, column },
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return Array.isArray(value) ? 'a list' : `${typeof value} ${String(value).slice(0, 80)}`;
}
