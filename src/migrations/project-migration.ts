import { UsageError } from '../errors/usage-error.ts';
import { EXTENSIBLE_TABLES } from '../records/plugin-column.ts';
import { SQL_TYPES } from '../records/sql-type.ts';
import type { ColumnShape } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import type { ColumnStep } from './migration.ts';

/** A migration of a project's own: changes columns that plug-ins added to the tables of one source. */
export interface ProjectMigration {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly path: string;
  readonly says: string;
  /** `CUSTOM`: its tables are `CUSTOM_SAMPLES`, … */
  readonly source: string;
  readonly steps: readonly ColumnStep[];
}

/** Words and functions that are no part of an expression over one row: other statements, other files. */
const NOT_OF_A_ROW =
  /;|--|\/\*|\b(select|from|with|copy|attach|install|load|pragma|call|set|create|drop)\b|\b(read_\w+|glob|\w+_scan|parquet_\w+|sniff_csv|getenv|query|query_table|getvariable)\s*\(/i;

/** Text of a file of `migrations/` → migration; a `UsageError` names the file and what is wrong in it. */
export function parseProjectMigration(text: string, name: string, path: string): ProjectMigration {
  const fail = (reason: string, cause?: unknown): UsageError =>
    new UsageError(`${path} is no migration: ${reason}.`, {
      hint: 'celline db migrate --draft shows by example what one looks like.',
      fields: { path },
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fail('it is not JSON', cause);
  }
  if (!isObject(value)) throw fail('it is not an object');
  const { says, source, steps } = value;
  if (typeof says !== 'string') throw fail('"says" must be a text');
  if (typeof source !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(source))
    throw fail('"source" must be a source, as CUSTOM');
  if (!Array.isArray(steps) || steps.length === 0) throw fail('"steps" must be a list');
  for (const step of steps) {
    const reason = wrongIn(step);
    if (reason !== null) throw fail(reason);
  }
  return { name, path, says, source, steps };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is ColumnShape {
  return (
    isObject(value) && isName(value.name) && typeof value.type === 'string' && Object.hasOwn(SQL_TYPES, value.type)
  );
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9_]*$/.test(value);
}

/** What is wrong in a step; null: nothing. */
function wrongIn(step: unknown): string | null {
  if (!isObject(step)) return 'a step must be an object';
  const table = EXTENSIBLE_TABLES.find((one) => one === step.table);
  if (table === undefined) return `the table of a step must be one of ${EXTENSIBLE_TABLES.join(', ')}`;
  const isShaped = step.step === 'add_column' || step.step === 'retype_column';
  const isNamed = step.step === 'drop_column' || step.step === 'rename_column';
  if (!isShaped && !isNamed) return `there is no step ${JSON.stringify(step.step)}`;
  if (isShaped && !isShape(step.column)) return '"column" of a step must have a name and a type';
  if (isNamed && !isName(step.column)) return '"column" of a step must be a name';
  if (step.step === 'rename_column' && !isName(step.to)) return '"to" of a step must be a name';
  const name = isShape(step.column) ? step.column.name : step.column;
  for (const one of [name, step.to]) {
    const isOwn = TABLES[table].columns.some((column) => column.name === one);
    if (isOwn) return `${table} has the column ${String(one)} of its own, which no project migrates`;
  }
  return wrongValue(step.value);
}

function wrongValue(value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string') return '"value" of a step must be an SQL expression';
  const found = NOT_OF_A_ROW.exec(value)?.[0];
  return found === undefined ? null : `"value" must be an expression over the columns of one row: ${found} is not`;
}

/** The text of a migration as a file. */
export function formatProjectMigration({ says, source, steps }: Omit<ProjectMigration, 'name' | 'path'>): string {
  return `${JSON.stringify({ says, source, steps }, null, 2)}\n`;
}
