import type { QueryParameters } from '../ports/query.ts';
import type { Selection } from '../ports/store.ts';
import type { Table } from '../records/table.ts';
import { selectedColumns } from '../store/plan/check-selection.ts';
import { columnList, sqlName } from '../store/segments/column-sql.ts';
import { compileSelection } from '../store/segments/compile-selection.ts';
import type { Parameter } from '../store/segments/duckdb.ts';

/** A statement with its bound values. */
export interface SourceSql {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** The statement that gives the rows of a selection in the order of their keys; `table` has the columns of plug-ins too. */
export function selectionSql(selection: Selection, table: Table): SourceSql {
  const { limit, offset } = selection;
  const { from, parameters } = fromSql(selection, table);
  const names = columnList(selectedColumns(selection, table));
  const order = table.primaryKey.map((name) => `${sqlName(name)} ASC`).join(', ');
  const bounds = [
    ...(limit === undefined ? [] : [`LIMIT ${Math.trunc(limit)}`]),
    ...(offset === undefined ? [] : [`OFFSET ${Math.trunc(offset)}`]),
  ];
  return { sql: [`SELECT ${names} FROM ${from} ORDER BY ${order}`, ...bounds].join(' '), parameters };
}

/** The statement that gives the number of rows of a selection. */
export function countSql(selection: Selection, table: Table): SourceSql {
  const { from, parameters } = fromSql(selection, table);
  return { sql: `SELECT count(*) AS rows FROM ${from}`, parameters };
}

/** Values travel as text: what is compared with a number, a truth value or a list is cast where it stands. */
function fromSql(selection: Selection, table: Table): { from: string; parameters: string[] } {
  const { condition, parameters } = compileSelection(selection, table);
  const cast = condition.replaceAll(/\$(\d+)/g, (bound, number: string) =>
    castOf(bound, parameters[Number(number) - 1] ?? null),
  );
  const texts = parameters.map((value) => (Array.isArray(value) ? JSON.stringify(value) : String(value)));
  return { from: `${table.name} WHERE ${cast}`, parameters: texts };
}

function castOf(bound: string, value: Parameter): string {
  if (Array.isArray(value)) return `from_json(${bound}, '["VARCHAR"]')`;
  if (typeof value === 'boolean') return `CAST(${bound} AS BOOLEAN)`;
  if (typeof value === 'bigint') return `CAST(${bound} AS BIGINT)`;
  return typeof value === 'number' ? `CAST(${bound} AS DOUBLE)` : bound;
}
