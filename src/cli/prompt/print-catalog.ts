import { nearestKey } from '../../config/nearest-key.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Query } from '../../ports/query.ts';
import type { App } from '../app-type.ts';
import { printRows } from '../print-rows.ts';
import { DOT_COMMANDS } from './dot-command.ts';

/** `.help`: the commands of the prompt. */
export async function printHelp(app: App): Promise<void> {
  const width = Math.max(...DOT_COMMANDS.map(({ usage }) => usage.length));
  const lines = DOT_COMMANDS.map(({ usage, says }) => `${usage.padEnd(width)}  ${says}`);
  await app.stderr.write(
    `${lines.join('\n')}\nCtrl-C clears the line, or stops the query that runs; Tab completes names.\n`,
  );
}

/** `.tables`: the views with their rows. */
export async function printTables(app: App, query: Query): Promise<void> {
  const views = query.views();
  const counts = views.map(({ name }) => `SELECT '${name}' AS name, count(*) AS n FROM ${name}`);
  const answer = await query.run(counts.join(' UNION ALL '));
  const rows = new Map<string, number>();
  for await (const batch of answer.rows()) for (const row of batch) rows.set(String(row.name), Number(row.n));
  const columns = [{ name: 'table' }, { name: 'rows', numeric: true }, { name: 'doc' }];
  await printRows(app, { columns }, [
    views.map(({ name, doc }) => ({ table: name, rows: rows.get(name) ?? null, doc })),
  ]);
}

/** `.schema [table]`: the columns that can be asked for, with their types in DuckDB. */
export async function printSchema(app: App, query: Query, table: string | null): Promise<void> {
  const views = query.views().filter(({ name }) => table === null || name === table);
  if (views.length === 0) {
    const names = query.views().map(({ name }) => name);
    const nearest = nearestKey(table ?? '', names);
    throw new UsageError(`There is no view ${table}.`, {
      hint: nearest === null ? `Views: ${names.join(', ')}.` : `Did you mean ${nearest}?`,
    });
  }
  const columns = [{ name: 'table' }, { name: 'column' }, { name: 'type' }, { name: 'doc' }];
  const rows = views.flatMap((view) =>
    view.columns.map(({ name, type, doc }) => ({ table: view.name, column: name, type, doc })),
  );
  await printRows(app, { columns, tableColumns: table === null ? columns : columns.slice(1) }, [rows]);
}
