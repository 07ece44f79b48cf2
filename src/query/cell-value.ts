import {
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { CellValue } from '../records/table.ts';

/** Milliseconds that a JavaScript date can hold, from 1970. */
const DATE_LIMIT_MS = 8.64e15;

/** Microseconds since 1970 → ISO 8601 with milliseconds; null beyond what a date can hold (`infinity`). */
function isoText(micros: bigint): string | null {
  const milliseconds = Number(micros) / 1000;
  return Math.abs(milliseconds) < DATE_LIMIT_MS ? new Date(Math.floor(milliseconds)).toISOString() : null;
}

/** A value of DuckDB as a record's cell; nested ones become arrays and objects, other types their text. */
function plainValue(value: DuckDBValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampTZValue) return isoText(value.micros) ?? value.toString();
  // Without a time zone: no Z.
  if (value instanceof DuckDBTimestampValue) return isoText(value.micros)?.slice(0, -1) ?? value.toString();
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBListValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plainValue(item)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [String(plainValue(entry.key)), plainValue(entry.value)]));
  }
  return value.toString();
}

/** Gives the function that turns the values of a column into cells. JSON text becomes the value that it says. */
export function cellReader(type: DuckDBType): (value: DuckDBValue) => CellValue {
  if (type.alias === 'JSON') return (value) => (typeof value === 'string' ? JSON.parse(value) : null);
  return (value) => plainValue(value) as CellValue;
}
