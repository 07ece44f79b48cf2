import type { Change, CommitReport, Selection, Store } from '../ports/store.ts';
import type { AskedRow, OutcomeName } from '../records/asked.ts';
import type { CellValue, Row, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { selectedColumns } from './plan/check-selection.ts';
import { collectChange } from './plan/collect-change.ts';
import { compareKeys } from './plan/compare-keys.ts';
import { byTable, type Draft, rowId } from './plan/draft.ts';
import { loadDraft, type StoredRows } from './plan/load-draft.ts';
import { resolveNames } from './plan/lookups.ts';
import { matchSelection } from './plan/match-selection.ts';
import { planCommit } from './plan/plan-commit.ts';

type Tables = Readonly<Record<TableName, Map<string, Row>>>;

function storedRows(tables: Tables): StoredRows {
  const rowsWhere = (table: TableName, column: string, values: readonly string[]): Row[] => {
    const wanted = new Set<CellValue>(values);
    return [...tables[table].values()].filter((row) => wanted.has(row[column] ?? null));
  };
  return {
    byKey: async (table, keys) => rowsWhere(table, TABLES[table].primaryKey[0] ?? '', keys),
    byColumn: async (table, column, values) => rowsWhere(table, column, values),
    filesOf: async (parents) => rowsWhere('files', 'parent', parents),
  };
}

/** Cells as the Parquet store gives them back: instants in UTC with milliseconds. */
function settleRow(table: TableName, row: Row): Row {
  const settled: Record<string, CellValue> = {};
  for (const { name, type } of TABLES[table].columns) {
    const value = row[name] ?? null;
    settled[name] = type === 'timestamp' && value !== null ? new Date(String(value)).toISOString() : value;
  }
  return settled;
}

/** Applies the edits of a draft; true when there was one. */
function applyDraft(tables: Tables, draft: Draft): boolean {
  let isChanged = false;
  for (const table of Object.keys(draft.tables) as TableName[]) {
    for (const [id, { before, after }] of draft.tables[table]) {
      if (before === after) continue;
      isChanged = true;
      if (after === null) tables[table].delete(id);
      else tables[table].set(id, settleRow(table, after));
    }
  }
  return isChanged;
}

function selectedRows(tables: Tables, selection: Selection): Row[] {
  const columns = selectedColumns(selection);
  const matches = matchSelection(selection);
  const rows = [...tables[selection.table].values()].filter(matches);
  rows.sort((a, b) => compareKeys(rowId(selection.table, a), rowId(selection.table, b)));
  const offset = Math.max(0, Math.trunc(selection.offset ?? 0));
  const end = selection.limit === undefined ? undefined : offset + Math.max(0, Math.trunc(selection.limit));
  const chosen = rows.slice(offset, end);
  if (selection.columns === undefined) return chosen;
  return chosen.map((row) => Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])));
}

function countChildren(tables: Tables, keys: readonly string[]): Map<string, { runs: number; files: number }> {
  const counts = new Map(keys.map((key) => [key, { runs: 0, files: 0 }]));
  for (const [key, count] of counts) {
    const holders = new Set([key]);
    for (const sample of tables.samples.values()) if (sample.parent === key) holders.add(String(sample.key));
    const isMember = (run: Row): boolean => run.project === key || holders.has(String(run.parent));
    const runs = [...tables.runs.values()].filter(isMember).map((run) => String(run.key));
    count.runs = runs.length;
    for (const run of runs) holders.add(run);
    for (const file of tables.files.values()) if (holders.has(String(file.parent))) count.files += 1;
  }
  return counts;
}

/** A store that lives as long as the process: for tests and trials. */
export function createMemoryStore(): Store {
  const tables: Tables = byTable(() => new Map());
  const stored = storedRows(tables);
  let sequence = 0;
  let tail: Promise<unknown> = Promise.resolve();
  const commitNow = async (change: Change): Promise<CommitReport> => {
    const collected = collectChange(change);
    const loaded = await loadDraft(stored, collected);
    const report = planCommit(loaded, collected);
    if (applyDraft(tables, loaded.draft)) sequence += 1;
    return { sequence, ...report };
  };
  return {
    commit: (change) => {
      const result = tail.then(() => commitNow(change));
      tail = result.catch(() => undefined);
      return result;
    },
    get: (table, keys) => stored.byKey(table, keys),
    getByParent: (table, parents) => {
      if (table === 'files') return stored.filesOf(parents);
      return table === 'links' ? stored.byKey('links', parents) : stored.byColumn('runs', 'parent', parents);
    },
    select: async function* (selection) {
      const rows = selectedRows(tables, selection);
      if (rows.length > 0) yield rows;
    },
    count: async (selection) => [...tables[selection.table].values()].filter(matchSelection(selection)).length,
    asked: async (ids) => {
      const found = new Map<string, AskedRow>();
      for (const id of ids) {
        const row = tables.asked.get(id);
        if (row !== undefined) found.set(id, row as unknown as AskedRow);
      }
      return found;
    },
    resolve: (names) => resolveNames(stored, names),
    countChildren: async (keys) => countChildren(tables, keys),
    compact: async () => undefined,
    publish: async () => [],
    plainTables: async () => [],
    outcomes: async () => {
      const counts = new Map<OutcomeName, number>();
      for (const row of tables.asked.values()) {
        const outcome = row.outcome as OutcomeName;
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      return counts;
    },
    close: async () => undefined,
  };
}
