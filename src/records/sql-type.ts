import type { ColumnShape, ColumnType } from './table.ts';

/** Column type → DuckDB type; a decimal without its parameters. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  bigint: 'BIGINT',
  integer: 'INTEGER',
  float: 'DOUBLE',
  decimal: 'DECIMAL',
  boolean: 'BOOLEAN',
  json: 'JSON',
  list: 'VARCHAR[]',
  timestamp: 'TIMESTAMPTZ',
  date: 'DATE',
  time: 'TIME',
  uuid: 'UUID',
};

/** Digits of a decimal: in all, and after the point. */
export function decimalDigits({ precision = 10, scale = 2 }: Pick<ColumnShape, 'precision' | 'scale'>): {
  precision: number;
  scale: number;
} {
  return { precision, scale };
}

/** The DuckDB type of a column: `VARCHAR`, `DECIMAL(10,2)`. */
export function sqlType(column: ColumnShape): string {
  if (column.type !== 'decimal') return SQL_TYPES[column.type];
  const { precision, scale } = decimalDigits(column);
  return `DECIMAL(${precision},${scale})`;
}

/** A type as people read it, with its parameters: `text(20)`, `decimal(10,2)`, `date`. */
export function typeName(column: ColumnShape): string {
  if (column.type === 'text' && column.length !== undefined) return `text(${column.length})`;
  if (column.type !== 'decimal') return column.type;
  const { precision, scale } = decimalDigits(column);
  return `decimal(${precision},${scale})`;
}

/** True for columns of numbers. */
export function isNumeric({ type }: Pick<ColumnShape, 'type'>): boolean {
  return type === 'bigint' || type === 'integer' || type === 'float' || type === 'decimal';
}
