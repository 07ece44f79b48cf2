import { sqlType } from '../../records/sql-type.ts';
import type { TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { printRows } from '../print-rows.ts';
import type { PrintRow } from '../render/cell.ts';

/** What `celline schema` was asked. */
export interface SchemaOptions {
  readonly tables: readonly TableName[];
}

/** Flags to options. */
export function parse({ args }: CommandInput): SchemaOptions {
  return { tables: args[0] === undefined ? (Object.keys(TABLES) as TableName[]) : [args[0] as TableName] };
}

/** Prints one row per column; needs no project. */
export async function run(options: SchemaOptions, app: App): Promise<number> {
  const columns = [{ name: 'table' }, { name: 'column' }, { name: 'type' }, { name: 'required' }, { name: 'doc' }];
  const rows = options.tables.flatMap((name): PrintRow[] =>
    TABLES[name].columns.map((column) => ({
      table: name,
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
