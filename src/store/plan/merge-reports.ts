import type { CommitReport, RecordChange, TableCounts } from '../../ports/store.ts';
import type { TableName } from '../../records/table.ts';
import { byTable } from './draft.ts';
import { sumWritten } from './sum-written.ts';

const RANK: Readonly<Record<RecordChange, number>> = { unchanged: 0, updated: 1, added: 2 };

function sum(a: TableCounts, b: TableCounts): TableCounts {
  return {
    added: a.added + b.added,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    removed: a.removed + b.removed,
  };
}

/**
 * The reports of several changes as one: counts are summed, a record that was added and then updated is added.
 * `sequence`: number of the manifest that holds them.
 */
export function mergeReports(reports: readonly CommitReport[], sequence: number): CommitReport {
  const none: TableCounts = { added: 0, updated: 0, unchanged: 0, removed: 0 };
  const tables: Record<TableName, TableCounts> = byTable(() => none);
  const changes = new Map<string, RecordChange>();
  const columns = new Map<string, ReadonlySet<string>>();
  for (const report of reports) {
    for (const name of Object.keys(tables) as TableName[]) tables[name] = sum(tables[name], report.tables[name]);
    for (const [key, change] of report.changes) {
      const known = changes.get(key);
      if (known === undefined || RANK[change] > RANK[known]) changes.set(key, change);
    }
    for (const [key, names] of report.changedColumns)
      columns.set(key, new Set([...(columns.get(key) ?? []), ...names]));
  }
  const changed = [...columns].filter(([key]) => changes.get(key) !== 'added');
  return {
    sequence,
    tables,
    changes,
    changedColumns: new Map(changed.map(([key, names]) => [key, [...names]])),
    written: sumWritten(reports.map(({ written }) => written)),
    job: reports.findLast(({ job }) => job !== null)?.job ?? null,
  };
}
