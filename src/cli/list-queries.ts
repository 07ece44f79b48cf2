import { CellineError } from '../errors/celline-error.ts';
import type { NamedQuery, Query } from '../ports/query.ts';
import type { App } from './app-type.ts';
import { printRows } from './print-rows.ts';

/** Prints the named queries of the project with their parameters; a query that cannot run says why. */
export async function listQueries(app: App, query: Query): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const named of await query.named()) rows.push(await rowOf(query, named));
  const columns = [{ name: 'name' }, { name: 'parameters' }, { name: 'description' }, { name: 'path' }];
  await printRows(app, { columns, tableColumns: columns.slice(0, 3) }, [rows]);
  if (rows.length === 0)
    await app.say('No named queries: write SQL into queries/NAME.sql and run celline query @NAME.');
}

async function rowOf(query: Query, named: NamedQuery): Promise<Record<string, string>> {
  const { name, path, sql } = named;
  try {
    const used = await query.parametersOf(sql);
    // As the file tells of them, then as they stand in the statement.
    const told = named.parameters.map((one) => one.name).filter((one) => used.includes(one));
    const parameters = [...new Set([...told, ...used])].map((parameter) => {
      const value = named.parameters.find((one) => one.name === parameter)?.defaultValue ?? null;
      return value === null ? `$${parameter}` : `$${parameter}=${value}`;
    });
    return { name: `@${name}`, parameters: parameters.join(' '), description: named.doc, path };
  } catch (error) {
    if (!(error instanceof CellineError)) throw error;
    return { name: `@${name}`, parameters: '', description: `cannot be run: ${error.message}`, path };
  }
}
