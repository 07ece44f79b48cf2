import { StoreError } from '../errors/store-error.ts';
import { instantMs } from './instant.ts';
import { settleCell } from './settle-cell.ts';
import { typeName } from './sql-type.ts';
import type { CellValue, Column, Row, Table } from './table.ts';

/** A surrogate without its partner: no text that UTF-8 can hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Columns by name, by table: looked up for each cell of a commit. */
const COLUMNS = new Map<Table, ReadonlyMap<string, Column>>();

function columnsOf(table: Table): ReadonlyMap<string, Column> {
  const known = COLUMNS.get(table) ?? new Map(table.columns.map((column) => [column.name, column]));
  COLUMNS.set(table, known);
  return known;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function fits(column: Column, value: unknown): boolean {
  switch (column.type) {
    case 'text':
      return typeof value === 'string' && (column.length === undefined || [...value].length <= column.length);
    case 'bigint':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
    case 'integer':
      return typeof value === 'number' && (value | 0) === value;
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'decimal':
    case 'date':
    case 'time':
    case 'uuid':
      return settleCell(column, value as CellValue) !== undefined;
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return isTextList(value);
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(instantMs(value));
    case 'json':
      return typeof value === 'object' && !Array.isArray(value) && Object.values(value ?? {}).every(isTextList);
    default:
      return column.type satisfies never;
  }
}

/** Refuses a record that its table cannot hold: a column that is not there, a value of another type, no key, nothing where every row has something. */
export function checkRow(table: Table, row: Row): void {
  const columns = columnsOf(table);
  for (const name in row) {
    const value = row[name];
    const column = columns.get(name);
    if (column === undefined) throw unknownColumn(table, row, name);
    if (value !== null && value !== undefined && !fits(column, value)) throw misfit(table, row, column, value);
  }
  for (const name of table.primaryKey) checkKey(table, name, row[name]);
  for (const { name, required } of table.columns) {
    if (required === true && (row[name] === null || row[name] === undefined)) throw missing(table, row, name);
  }
}

function missing(table: Table, row: Row, name: string): StoreError {
  return new StoreError('integrity', `${named(table, row)} has no ${name}.`, {
    hint: `Every ${table.name} record has a value in: ${table.columns
      .filter(({ required }) => required === true)
      .map((column) => column.name)
      .join(', ')}.`,
    fields: { table: table.name, key: keyOf(table, row), column: name },
  });
}

function named(table: Table, row: Row): string {
  return `${table.name} record ${keyOf(table, row) ?? 'without a key'}`;
}

function keyOf(table: Table, row: Row): string | null {
  const key = row[table.primaryKey[0] ?? ''];
  return typeof key === 'string' ? key : null;
}

function misfit(table: Table, row: Row, column: Column, value: unknown): StoreError {
  return new StoreError(
    'type_conversion',
    `${named(table, row)}: column ${column.name} cannot hold ${describe(value)}.`,
    {
      hint: `The column is of type ${typeName(column)}; the handler must convert the value or leave it out.`,
      fields: { table: table.name, key: keyOf(table, row), column: column.name },
    },
  );
}

function unknownColumn(table: Table, row: Row, name: string): StoreError {
  return new StoreError('integrity', `${named(table, row)}: the table has no column ${name}.`, {
    hint: `Columns: ${[...columnsOf(table).keys()].join(', ')}.`,
    fields: { table: table.name, key: keyOf(table, row), column: name },
  });
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
