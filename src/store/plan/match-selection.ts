import type { Condition, Selection } from '../../ports/store.ts';
import type { CellValue, Column, Row, Table } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { cellText, columnOf, conditionValue, grepColumns } from './check-selection.ts';
import { compareKeys } from './compare-keys.ts';

type RowTest = (row: Row) => boolean;

/** `%` any text, `_` any character, case-blind. */
function likeTest(pattern: string): (text: string) => boolean {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  const expression = new RegExp(`^${source}$`, 'isu');
  return (text) => expression.test(text);
}

/** Order of a cell and a value: negative, 0, positive. */
function compareCell(column: Column, cell: CellValue, value: string | number | bigint | boolean): number {
  if (column.type === 'timestamp') return Math.sign(Date.parse(String(cell)) - Number(value));
  // Decimals are compared as SQL compares them with a number: as one.
  if (typeof value === 'number') return Math.sign(Number(cell) - value);
  if (typeof value === 'string') return compareKeys(cellText(column, cell) ?? '', value);
  if (typeof value === 'boolean') return Number(cell) - Number(value);
  return BigInt(cell as number | bigint) < value ? -1 : BigInt(cell as number | bigint) > value ? 1 : 0;
}

function holds(operator: Condition['operator'], order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case 'like':
    case 'empty':
    case 'filled':
      return false;
    default:
      return operator satisfies never;
  }
}

function conditionTest(column: Column, condition: Condition): RowTest {
  if (condition.operator === 'empty' || condition.operator === 'filled') {
    const nothing = column.type === 'json' ? '{}' : '';
    const saysNothing = (row: Row): boolean => {
      const text = cellText(column, row[column.name] ?? null);
      return text === null || text === nothing;
    };
    return condition.operator === 'empty' ? saysNothing : (row) => !saysNothing(row);
  }
  const value = conditionValue(column, condition);
  const { operator } = condition;
  if (operator === 'like') {
    const test = likeTest(condition.value);
    return (row) => {
      const text = cellText(column, row[column.name] ?? null);
      return text !== null && test(text);
    };
  }
  return (row) => {
    const cell = row[column.name] ?? null;
    if (cell === null) return operator === '!=';
    if (Array.isArray(cell) && operator === '=') return cell.includes(value);
    if (Array.isArray(cell) && operator === '!=') return !cell.includes(value);
    return holds(operator, compareCell(column, cell, value));
  };
}

function keyTest(key: string, keys: readonly string[]): RowTest {
  const wanted = new Set<CellValue>(keys);
  return (row) => wanted.has(row[key] ?? null);
}

/** Conditions and grep of a selection as a test of rows: what `compileSelection` says in SQL. */
export function matchSelection(selection: Selection, table: Table = TABLES[selection.table]): RowTest {
  const tests = (selection.where ?? []).map((condition) => conditionTest(columnOf(table, condition.column), condition));
  const { grep, within, without } = selection;
  const key = table.primaryKey[0] ?? '';
  if (within !== undefined) tests.push(keyTest(key, within));
  if (without !== undefined) {
    const isWithout = keyTest(key, without);
    tests.push((row) => !isWithout(row));
  }
  if (grep !== undefined) {
    const wanted = grep.toLowerCase();
    const columns = grepColumns(table);
    tests.push((row) =>
      columns.some(
        (column) =>
          cellText(column, row[column.name] ?? null)
            ?.toLowerCase()
            .includes(wanted) === true,
      ),
    );
  }
  return (row) => tests.every((test) => test(row));
}
