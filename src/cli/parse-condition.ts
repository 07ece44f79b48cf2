import { nearestKey } from '../config/nearest-key.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Condition } from '../ports/store.ts';
import { isNumeric } from '../records/sql-type.ts';
import type { Column, Table } from '../records/table.ts';

/** Column, operator, value; the longer operators first. */
const FORM = /^\s*([^\s=!<>~][^=!<>~]*?)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*$/s;

/** `tissue=brain`, `spots>=1000000`, `title~T cell` as a condition on a table; UsageError names what is wrong. */
export function parseCondition(text: string, table: Table): Condition {
  const [, name = '', operator = '', value = ''] = FORM.exec(text) ?? [];
  if (name === '') {
    throw new UsageError(`"${text}" is no condition.`, {
      hint: 'column=value; also != < <= > >= and ~, for example --where tissue=brain (quoted, where it has < or >).',
    });
  }
  const column = findColumn(name, table);
  if (operator === '~') return { column: column.name, operator: 'like', value: likePattern(value) };
  // Nothing after the operator asks whether there is a value.
  if (value === '' && operator === '=') return { column: column.name, operator: 'empty', value };
  if (value === '' && operator === '!=') return { column: column.name, operator: 'filled', value };
  checkNumber(column, value);
  return { column: column.name, operator: operator as Condition['operator'], value };
}

/** The column of that name; UsageError with the nearest one. */
export function findColumn(name: string, table: Table): Column {
  const column = table.columns.find((candidate) => candidate.name === name.toLowerCase());
  if (column !== undefined) return column;
  const nearest = nearestKey(
    name,
    table.columns.map((candidate) => candidate.name),
  );
  const hint = nearest === null ? `celline schema ${table.name} lists the columns.` : `Did you mean ${nearest}?`;
  throw new UsageError(`The table ${table.name} has no column ${name}.`, { hint });
}

/** The name before the operator; null when the text is no condition. */
export function conditionName(text: string): string | null {
  return FORM.exec(text)?.[1] ?? null;
}

/** A value without `%` is looked for anywhere in the text. */
function likePattern(value: string): string {
  return value.includes('%') ? value : `%${value}%`;
}

function checkNumber(column: Column, value: string): void {
  const isWhole = column.type === 'bigint' || column.type === 'integer';
  if (isNumeric(column) && !isWhole && (value === '' || Number.isNaN(Number(value)))) {
    throw new UsageError(`The column ${column.name} holds numbers, "${value}" is none.`, {
      hint: `--where '${column.name}>=0.5'`,
    });
  }
  if (isWhole && !/^-?\d+$/.test(value)) {
    throw new UsageError(`The column ${column.name} holds whole numbers, "${value}" is none.`, {
      hint: `--where '${column.name}>=1000'`,
    });
  }
}
