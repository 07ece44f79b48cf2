import type { Selection } from '../../ports/store.ts';
import type { Row, TableName } from '../../records/table.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet, listedNames, optionalNumber, optionalText } from '../flag-values.ts';
import { writeData } from '../open-data.ts';
import { findColumn } from '../parse-condition.ts';
import { printRows } from '../print-rows.ts';
import { readSelection, type SelectionWords } from '../read-selection.ts';
import { columnsForPeople, printColumn } from '../table-columns.ts';

/** What `celline list` was asked. */
export interface ListOptions extends SelectionWords {
  /** Keys alone, one per line. */
  readonly idsOnly: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ListOptions {
  const columns = listedNames(flags, 'columns');
  return {
    table: (args[0] ?? 'samples') as TableName,
    where: Array.isArray(flags.where) ? flags.where : [],
    ...(columns === undefined ? {} : { columns }),
    ...optionalText(flags, 'grep'),
    ...optionalNumber(flags, 'limit', { least: 0, isWhole: true }),
    idsOnly: isSet(flags, 'idsOnly'),
  };
}

/** Prints the rows that the selection has; none is a good answer. */
export async function run(options: ListOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { idsOnly, ...words } = options;
  const asked = idsOnly ? { ...words, columns: [idColumn(options.table)] } : words;
  const { selection, table } = await readSelection(asked, project.store);
  const rows = project.store.select(selection);
  if (options.idsOnly && app.globals.format === undefined) {
    await printKeys(rows, idColumn(selection.table), app);
    return EXIT.ok;
  }
  const columns = (selection.columns ?? table.columns.map((column) => column.name)).map((name) =>
    printColumn(findColumn(name, table)),
  );
  const isNamed = options.columns !== undefined || options.idsOnly;
  const tableColumns = isNamed ? columns : columnsForPeople(selection.table, columns);
  const count = await printRows(app, { columns, tableColumns }, rows);
  if (count === 0 && selection.limit !== 0)
    await app.say(`No ${selection.table} ${isNarrowed(selection) ? 'match' : 'yet: celline add ID'}.`);
  return EXIT.ok;
}

async function printKeys(batches: AsyncIterable<Row[]>, column: string, app: App): Promise<void> {
  await writeData(app, async (sink) => {
    for await (const rows of batches) await sink.write(rows.map((row) => `${String(row[column])}\n`).join(''));
  });
}

/** The column that names a row: the answered id for `asked`, the key elsewhere. */
function idColumn(table: TableName): string {
  return table === 'asked' ? 'id' : 'key';
}

function isNarrowed({ where, grep, within, without }: Selection): boolean {
  return [where, grep, within, without].some((part) => part !== undefined);
}
