import type { Difference } from '../../ports/comparison.ts';
import { type CellValue, type Column, PROVENANCE_COLUMNS, type Row, type TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { compareKeys } from './compare-keys.ts';
import { rowId } from './draft.ts';

/** Columns that say when and by whom a row came, never what it says. */
const BOOKKEEPING: ReadonlySet<string> = new Set([...PROVENANCE_COLUMNS.map(({ name }) => name), 'answered_at', 'job']);

/** The columns of a table in which two states are compared. */
export function comparedColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ name }) => !BOOKKEEPING.has(name));
}

/** True when two cells say the same: lists and JSON by value, whatever the order of its names. */
export function isSameCell(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSameCell(one[name], other[name]));
}

/** The differences of rows of one table, all with keys of one piece: by key, then column in the table's order. */
export function compareRows(
  table: TableName,
  columns: readonly Column[],
  before: readonly Row[],
  after: readonly Row[],
): Difference[] {
  const older = new Map(before.map((row) => [rowId(table, row), row]));
  const newer = new Map(after.map((row) => [rowId(table, row), row]));
  const ids = [...new Set([...older.keys(), ...newer.keys()])].sort(compareKeys);
  const compared = comparedColumns(columns);
  return ids.flatMap((id) => rowDifferences(table, compared, older.get(id), newer.get(id)));
}

function rowDifferences(
  table: TableName,
  columns: readonly Column[],
  before: Row | undefined,
  after: Row | undefined,
): Difference[] {
  const key = String((after ?? before)?.[TABLES[table].primaryKey[0] ?? ''] ?? '');
  if (before === undefined || after === undefined) {
    const change = before === undefined ? 'added' : 'removed';
    const [was, is] = [
      before === undefined ? null : label(table, before),
      after === undefined ? null : label(table, after),
    ];
    return [{ table, key, change, column: null, before: was, after: is }];
  }
  return columns.flatMap(({ name }): Difference[] => {
    const [was, is] = [before[name] ?? null, after[name] ?? null];
    if (isSameCell(was, is)) return [];
    // What a note is called tells more than that its value differs.
    const column = table === 'annotations' ? String(after.name) : name;
    return [{ table, key, change: 'changed', column, before: was, after: is }];
  });
}

/** What a person knows a row by, besides its key. */
function label(table: TableName, row: Row): CellValue {
  switch (table) {
    case 'files':
      // The key ends with its name.
      return null;
    case 'links':
      return `${String(row.kind)} ${String(row.alias)}`;
    case 'annotations':
      return `${String(row.name)}=${String(row.value)}`;
    case 'asked':
      return row.outcome ?? null;
    default:
      return row.title ?? null;
  }
}
