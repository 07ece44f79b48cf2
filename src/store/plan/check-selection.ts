import { StoreError } from '../../errors/store-error.ts';
import type { Condition, Selection } from '../../ports/store.ts';
import { instantMs } from '../../records/instant.ts';
import { typeName } from '../../records/sql-type.ts';
import type { CellValue, Column, Table } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';

/** The column of a condition; the error of an unknown one names those that there are. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new StoreError('query', `The table ${table.name} has no column ${name}.`, {
    hint: `Columns: ${table.columns.map((candidate) => candidate.name).join(', ')}.`,
    fields: { table: table.name, column: name },
  });
}

/** The columns of a table that a selection reads, in the order that it names them. */
export function selectedColumns(selection: Selection, table: Table = TABLES[selection.table]): readonly Column[] {
  return selection.columns?.map((name) => columnOf(table, name)) ?? table.columns;
}

/** The value of a condition in the type of its column, for comparing; `like` always compares text. */
export function conditionValue(column: Column, condition: Condition): string | number | bigint | boolean {
  const { operator, value } = condition;
  if (operator === 'like') return value;
  const fits = VALUE_FORMS[column.type];
  if (fits === undefined) return value;
  if (!fits.test(value) || (column.type === 'timestamp' && Number.isNaN(instantMs(value)))) {
    throw new StoreError('query', `${column.name} cannot be compared with ${JSON.stringify(value)}.`, {
      hint: `The column is of type ${typeName(column)}.`,
      fields: { column: column.name },
    });
  }
  if (column.type === 'boolean') return value === 'true';
  if (column.type === 'float' || column.type === 'decimal') return Number(value);
  if (column.type === 'date' || column.type === 'time' || column.type === 'uuid') return value.toLowerCase();
  // An instant is compared in milliseconds since 1970.
  return column.type === 'timestamp' ? BigInt(instantMs(value)) : BigInt(value);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Values that a column which is not text can be compared with. */
const VALUE_FORMS: Readonly<Partial<Record<Column['type'], RegExp>>> = {
  bigint: /^-?\d{1,18}$/,
  integer: /^-?\d{1,18}$/,
  float: NUMBER,
  decimal: NUMBER,
  boolean: /^(true|false)$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  uuid: /^[0-9a-f-]+$/i,
  time: /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/,
  timestamp: /^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/,
};

/** A cell as the text that `like` and `grep` look at: a list by its items, JSON by its text. */
export function cellText(column: Column, value: CellValue): string | null {
  if (value === null) return null;
  if (column.type === 'list') return (value as readonly string[]).join(' ');
  return column.type === 'json' ? JSON.stringify(value) : String(value);
}

/** Columns that `grep` looks into. */
export function grepColumns(table: Table): readonly Column[] {
  return table.columns.filter(({ type }) => type === 'text' || type === 'json' || type === 'list');
}
