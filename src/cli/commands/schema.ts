import { findProject } from '../../config/find-files.ts';
import type { PrintRow } from '../../formats/cell.ts';
import { sqlType } from '../../records/sql-type.ts';
import type { Column, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { printRows } from '../print-rows.ts';

/** What `celline schema` was asked. */
export interface SchemaOptions {
  readonly tables: readonly TableName[];
}

/** Flags to options. */
export function parse({ args }: CommandInput): SchemaOptions {
  return { tables: args[0] === undefined ? (Object.keys(TABLES) as TableName[]) : [args[0] as TableName] };
}

/** Prints one row per column; in a project those that plug-ins add to its tables, too. Elsewhere it needs none. */
export async function run(options: SchemaOptions, app: App): Promise<number> {
  const columns = [
    { name: 'table' },
    { name: 'column' },
    { name: 'type' },
    { name: 'required' },
    { name: 'doc', wraps: true },
  ];
  const columnsOf = await columnReader(app);
  const tables = await Promise.all(options.tables.map(async (name) => ({ name, columns: await columnsOf(name) })));
  const rows = tables.flatMap((table): PrintRow[] =>
    table.columns.map((column) => ({
      table: table.name,
      column: column.name,
      type: sqlType(column),
      required: column.required === true,
      doc: column.doc,
    })),
  );
  const tableColumns = columns.filter(
    ({ name }) => name !== 'required' && (name !== 'table' || options.tables.length > 1),
  );
  await printRows(app, { columns, tableColumns }, [rows]);
  return EXIT.ok;
}

/** Gives the columns of a table: where there is no project, nothing is opened or loaded for it. */
async function columnReader({
  cwd,
  globals,
  openProject,
}: App): Promise<(name: TableName) => Promise<readonly Column[]>> {
  const { projectDir } = globals;
  const { file } = await findProject({ cwd, ...(projectDir === undefined ? {} : { projectDir }) });
  if (file === null) return async (name) => TABLES[name].columns;
  const { store } = await openProject();
  return (name) => store.columns(name);
}
