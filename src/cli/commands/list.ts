import type { Condition, Selection } from '../../ports/store.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, optionalNumber, optionalText } from '../flag-values.ts';
import { openData } from '../open-data.ts';
import { findColumn, parseCondition } from '../parse-condition.ts';
import { printRows } from '../print-rows.ts';
import { columnsForPeople, printColumn } from '../table-columns.ts';

/** What `celline list` was asked. */
export interface ListOptions {
  readonly selection: Selection;
  /** True: `--columns` said what to print, on a terminal too. */
  readonly hasColumns: boolean;
  /** Keys alone, one per line. */
  readonly idsOnly: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ListOptions {
  const name = (args[0] ?? 'samples') as TableName;
  const table = TABLES[name];
  const where: Condition[] = Array.isArray(flags.where)
    ? flags.where.map((text: string) => parseCondition(text, table))
    : [];
  const idsOnly = isSet(flags, 'idsOnly');
  const { columns: named } = optionalText(flags, 'columns');
  const columns = named?.split(',').map((column) => findColumn(column.trim(), table).name);
  const asked = idsOnly ? [idColumn(name)] : columns;
  return {
    selection: {
      table: name,
      ...(where.length === 0 ? {} : { where }),
      ...optionalText(flags, 'grep'),
      ...(asked === undefined ? {} : { columns: asked }),
      ...optionalNumber(flags, 'limit', { least: 0, isWhole: true }),
    },
    hasColumns: columns !== undefined,
    idsOnly,
  };
}

/** Prints the rows that the selection has; none is a good answer. */
export async function run(options: ListOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { selection } = options;
  const rows = project.store.select(selection);
  if (options.idsOnly && app.globals.format === undefined) {
    await printKeys(rows, idColumn(selection.table), app);
    return EXIT.ok;
  }
  const columns = (selection.columns ?? TABLES[selection.table].columns.map((column) => column.name)).map((name) =>
    printColumn(findColumn(name, TABLES[selection.table])),
  );
  const tableColumns = options.hasColumns || options.idsOnly ? columns : columnsForPeople(selection.table, columns);
  const count = await printRows(app, { columns, tableColumns }, rows);
  if (count === 0) await app.say(`No ${selection.table} ${isNarrowed(selection) ? 'match' : 'yet: celline add ID'}.`);
  return EXIT.ok;
}

async function printKeys(batches: AsyncIterable<Row[]>, column: string, app: App): Promise<void> {
  const sink = await openData(app);
  for await (const rows of batches) await sink.write(rows.map((row) => `${String(row[column])}\n`).join(''));
  await sink.finish();
}

/** The column that names a row: the answered id for `asked`, the key elsewhere. */
function idColumn(table: TableName): string {
  return table === 'asked' ? 'id' : 'key';
}

function isNarrowed({ where, grep }: Selection): boolean {
  return where !== undefined || grep !== undefined;
}
