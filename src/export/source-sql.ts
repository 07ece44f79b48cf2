import type { QueryParameters } from '../ports/query.ts';
import type { Selection } from '../ports/store.ts';
import { TABLES } from '../records/tables.ts';
import { sqlName } from '../store/segments/column-sql.ts';
import { compileSelection } from '../store/segments/compile-selection.ts';
import type { ExportSource } from './export-type.ts';

/** A statement with its bound values. */
export interface SourceSql {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/** The statement that gives the rows of a source. A selection without columns has all of the view, those of plug-ins too. */
export function sourceSql(source: ExportSource): SourceSql {
  if ('sql' in source) return { sql: source.sql, parameters: source.parameters ?? [] };
  const { columns, limit, offset, table } = source.selection;
  const { from, parameters } = fromSql(source.selection);
  const names = columns === undefined ? '*' : columns.map(sqlName).join(', ');
  const order = TABLES[table].primaryKey.map(sqlName).join(', ');
  const bounds = [
    ...(limit === undefined ? [] : [`LIMIT ${Math.trunc(limit)}`]),
    ...(offset === undefined ? [] : [`OFFSET ${Math.trunc(offset)}`]),
  ];
  return { sql: [`SELECT ${names} FROM ${from} ORDER BY ${order}`, ...bounds].join(' '), parameters };
}

/** The statement that gives the number of rows of a source; null for a statement of the user, which is run once only. */
export function countSql(source: ExportSource): SourceSql | null {
  if ('sql' in source) return null;
  const { from, parameters } = fromSql(source.selection);
  return { sql: `SELECT count(*) AS rows FROM ${from}`, parameters };
}

/** Values travel as text: what is compared with a number or a truth value is cast where it stands. */
function fromSql(selection: Selection): { from: string; parameters: string[] } {
  const { condition, parameters } = compileSelection(selection);
  const cast = condition.replaceAll(/\$(\d+)/g, (bound, number: string) => {
    const value = parameters[Number(number) - 1];
    if (typeof value === 'boolean') return `CAST(${bound} AS BOOLEAN)`;
    return typeof value === 'bigint' || typeof value === 'number' ? `CAST(${bound} AS BIGINT)` : bound;
  });
  return { from: `${selection.table} WHERE ${cast}`, parameters: parameters.map(String) };
}
