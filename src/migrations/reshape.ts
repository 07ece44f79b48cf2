import { UsageError } from '../errors/usage-error.ts';
import { sqlType, typeName } from '../records/sql-type.ts';
import type { ColumnShape } from '../records/table.ts';
import type { ColumnStep } from './migration.ts';

/** The columns of a table after some steps, and how a query gives them. */
export interface Reshaped {
  readonly columns: readonly ColumnShape[];
  /** Lists of SELECT, each over the rows of the one before: a step may use what an earlier one made. */
  readonly selects: readonly string[];
}

/**
 * Applies steps to the columns of a table; `key` names its primary key, which no step may touch. A step about a column that
 * is not there, or one that is there already, is a `UsageError`.
 */
export function reshape(
  before: readonly ColumnShape[],
  steps: readonly ColumnStep[],
  key: readonly string[],
): Reshaped {
  let columns = before;
  const selects: string[] = [];
  for (const step of steps) {
    const next = afterStep(columns, step, key);
    selects.push(next.map(({ sql, shape }) => `${sql} AS ${quoted(shape.name)}`).join(', '));
    columns = next.map(({ shape }) => shape);
  }
  return { columns, selects };
}

/** `SELECT … FROM (rows)`, once for each step. */
export function reshapedRows(rows: string, { selects }: Reshaped): string {
  return selects.reduce((inner, select) => `SELECT ${select} FROM (${inner})`, rows);
}

/** What a step says, for people: `samples: score becomes decimal(10,2)`. */
export function sayStep(step: ColumnStep): string {
  switch (step.step) {
    case 'add_column':
      return `${step.table}: adds ${step.column.name} (${typeName(step.column)})`;
    case 'drop_column':
      return `${step.table}: drops ${step.column}`;
    case 'rename_column':
      return `${step.table}: ${step.column} becomes ${step.to}`;
    case 'retype_column':
      return `${step.table}: ${step.column.name} becomes ${typeName(step.column)}`;
    default:
      return step satisfies never;
  }
}

interface ShapedColumn {
  readonly shape: ColumnShape;
  readonly sql: string;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function asIs(shape: ColumnShape): ShapedColumn {
  return { shape, sql: quoted(shape.name) };
}

function afterStep(columns: readonly ColumnShape[], step: ColumnStep, key: readonly string[]): ShapedColumn[] {
  switch (step.step) {
    case 'add_column': {
      refuseTaken(columns, step.column.name, step);
      const sql = `(${step.value ?? 'NULL'})::${sqlType(step.column)}`;
      return [...columns.map(asIs), { shape: step.column, sql }];
    }
    case 'drop_column':
      refuseKey(columns, step.column, key, step);
      return columns.filter(({ name }) => name !== step.column).map(asIs);
    case 'rename_column':
      refuseKey(columns, step.column, key, step);
      refuseTaken(columns, step.to, step);
      return columns.map((shape) =>
        shape.name === step.column ? { shape: { ...shape, name: step.to }, sql: quoted(shape.name) } : asIs(shape),
      );
    case 'retype_column': {
      const { column } = step;
      refuseKey(columns, column.name, key, step);
      const sql = `(${step.value ?? quoted(column.name)})::${sqlType(column)}`;
      return columns.map((shape) => (shape.name === column.name ? { shape: column, sql } : asIs(shape)));
    }
    default:
      return step satisfies never;
  }
}

function refuseTaken(columns: readonly ColumnShape[], name: string, step: ColumnStep): void {
  if (columns.every((column) => column.name !== name)) return;
  throw cannot(step, `there is a column ${name} already`);
}

function refuseKey(columns: readonly ColumnShape[], name: string, key: readonly string[], step: ColumnStep): void {
  if (columns.every((column) => column.name !== name)) throw cannot(step, `there is no column ${name}`);
  if (key.includes(name)) throw cannot(step, `${name} identifies the rows`);
}

function cannot(step: ColumnStep, reason: string): UsageError {
  return new UsageError(`The step "${sayStep(step)}" cannot be done: ${reason}.`, {
    hint: 'celline db status shows the columns of plug-ins.',
    fields: { step: step.step, table: step.table },
  });
}
