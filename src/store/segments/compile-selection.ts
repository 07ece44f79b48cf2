import type { Condition, Selection } from '../../ports/store.ts';
import type { Column, Table } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { columnOf, conditionValue, grepColumns } from '../plan/check-selection.ts';
import { sqlName } from './column-sql.ts';
import type { Parameter } from './duckdb.ts';

/** A condition with its bound values ($1, $2, …). */
export interface CompiledSelection {
  readonly condition: string;
  readonly parameters: readonly Parameter[];
}

/** Column → SQL text of its cell, as `cellText` gives it. */
function asText(column: Column): string {
  if (column.type === 'list') return `array_to_string(${sqlName(column.name)}, ' ')`;
  return column.type === 'text' ? sqlName(column.name) : `${sqlName(column.name)}::VARCHAR`;
}

/** The text of a date, time or UUID is in the order of its values. */
const COMPARED_AS_TEXT: ReadonlySet<Column['type']> = new Set(['list', 'json', 'date', 'time', 'uuid']);

function asComparable(column: Column): string {
  if (column.type === 'timestamp') return `epoch_ms(${sqlName(column.name)})`;
  if (column.type === 'decimal') return `${sqlName(column.name)}::DOUBLE`;
  return COMPARED_AS_TEXT.has(column.type) ? asText(column) : sqlName(column.name);
}

/** `50%_x` → `50\%\_x`: a text that LIKE takes literally. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

function compileCondition(column: Column, condition: Condition, parameters: Parameter[]): string {
  if (condition.operator === 'empty' || condition.operator === 'filled') {
    const says = `nullif(${asText(column)}, ${column.type === 'json' ? "'{}'" : "''"}) IS NOT NULL`;
    return condition.operator === 'empty' ? `NOT (${says})` : says;
  }
  const value = conditionValue(column, condition);
  if (condition.operator === 'like') return `${asText(column)} ILIKE $${parameters.push(value)}`;
  const bound = `$${parameters.push(value)}`;
  // `tissue = brain` holds for a list that has the item; `tissue != brain` also for rows that say nothing.
  if (column.type === 'list' && condition.operator === '=') return `list_contains(${sqlName(column.name)}, ${bound})`;
  if (column.type === 'list' && condition.operator === '!=') {
    return `NOT coalesce(list_contains(${sqlName(column.name)}, ${bound}), false)`;
  }
  if (condition.operator === '!=') return `${asComparable(column)} IS DISTINCT FROM ${bound}`;
  return `${asComparable(column)} ${condition.operator} ${bound}`;
}

/** Conditions and grep of a selection → SQL with every value bound. */
export function compileSelection(selection: Selection, table: Table = TABLES[selection.table]): CompiledSelection {
  const parameters: Parameter[] = [];
  const parts = (selection.where ?? []).map((condition) =>
    compileCondition(columnOf(table, condition.column), condition, parameters),
  );
  const key = sqlName(table.primaryKey[0] ?? '');
  const { within, without } = selection;
  if (within !== undefined) parts.push(`${key} IN (SELECT unnest($${parameters.push(within)}))`);
  if (without !== undefined) parts.push(`${key} NOT IN (SELECT unnest($${parameters.push(without)}))`);
  if (selection.grep !== undefined) {
    const bound = `$${parameters.push(`%${escapeLike(selection.grep)}%`)}`;
    const hits = grepColumns(table).map((column) => `${asText(column)} ILIKE ${bound} ESCAPE '\\'`);
    parts.push(`(${hits.join(' OR ')})`);
  }
  return { condition: parts.length === 0 ? 'true' : parts.join(' AND '), parameters };
}
