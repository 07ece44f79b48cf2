import { settledInstant } from './instant.ts';
import { decimalDigits } from './sql-type.ts';
import type { CellValue, ColumnShape, Row } from './table.ts';

const DECIMAL = /^([+-]?)0*(0|[1-9]\d*)(?:\.(\d*[1-9])?0*)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}?)0*)?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The decimal with all its digits after the point; undefined when it does not fit: nothing is rounded. */
function settleDecimal(column: ColumnShape, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const found = DECIMAL.exec(String(value));
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = found;
  const { precision, scale } = decimalDigits(column);
  const wholeDigits = whole === '0' ? 0 : whole.length;
  if (fraction.length > scale || wholeDigits > precision - scale) return undefined;
  const isZero = whole === '0' && fraction === '';
  return `${sign === '-' && !isZero ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction.padEnd(scale, '0')}`}`;
}

function settleDate(value: string): string | undefined {
  // 30 February parses as a date of March.
  const isDay = DATE.test(value) && !Number.isNaN(Date.parse(value));
  return isDay && new Date(value).toISOString().slice(0, 10) === value ? value : undefined;
}

function settleTime(value: string): string | undefined {
  const found = TIME.exec(value);
  if (found === null) return undefined;
  const fraction = found[4] === undefined || /^0*$/.test(found[4]) ? '' : `.${found[4]}`;
  return `${found[1]}:${found[2]}:${found[3]}${fraction}`;
}

/**
 * A decimal, date, time or UUID in the one form in which it is given back, so that equal values are equal texts. Undefined
 * when the column cannot hold it. Values of other types are given back as they are.
 */
export function settleCell(column: ColumnShape, value: CellValue): CellValue | undefined {
  if (value === null) return null;
  if (column.type === 'decimal') return settleDecimal(column, value);
  if (column.type !== 'date' && column.type !== 'time' && column.type !== 'uuid') return value;
  if (typeof value !== 'string') return undefined;
  if (column.type === 'date') return settleDate(value);
  if (column.type === 'time') return settleTime(value);
  return UUID.test(value.toLowerCase()) ? value.toLowerCase() : undefined;
}

/** A checked record with its further columns in the form in which they are given back; the same object without any. */
export function settleExtra(extra: readonly ColumnShape[], row: Row): Row {
  const changed: Record<string, CellValue> = {};
  for (const column of extra) {
    const value = row[column.name];
    if (value === undefined || value === null) continue;
    const isInstant = column.type === 'timestamp';
    const settled = isInstant ? settledInstant(String(value)) : settleCell(column, value);
    if (settled !== undefined && settled !== value) changed[column.name] = settled;
  }
  return Object.keys(changed).length === 0 ? row : { ...row, ...changed };
}
