import type { RollbackReport } from '../ports/store-care.ts';
import type { App } from './app-type.ts';
import { printRows } from './print-rows.ts';

const COLUMNS = [
  { name: 'table' },
  { name: 'before', numeric: true },
  { name: 'after', numeric: true },
  { name: 'difference', numeric: true },
];

/** Prints the rows before and after of every table that differs. */
export async function printBeforeAfter(app: App, tables: RollbackReport['tables']): Promise<void> {
  const rows = Object.entries(tables).map(([table, { before, after }]) => ({
    table,
    before,
    after,
    difference: after - before,
  }));
  await printRows(app, { columns: COLUMNS }, [rows]);
}
