import type { ColumnShape, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { isColumnStep, type Migration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';
import { reshape } from './reshape.ts';

/** The columns of every source's table in a version: the present ones, with the later migrations undone. */
export function columnsAt(
  name: TableName,
  version: number,
  migrations: readonly Migration[] = MIGRATIONS,
): readonly ColumnShape[] {
  const { columns, primaryKey } = TABLES[name];
  const steps = migrations
    .filter((migration) => migration.version > version)
    .toReversed()
    .flatMap(({ down }) => down.filter(isColumnStep))
    .filter(({ table }) => table === name);
  return reshape(columns, steps, primaryKey).columns;
}
