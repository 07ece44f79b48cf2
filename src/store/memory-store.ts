import { runTransaction } from '../ports/run-transaction.ts';
import type { Change, CommitReport, Selection, Store, StoreReader, Transaction } from '../ports/store.ts';
import type { PluginColumns } from '../ports/store-care.ts';
import type { AskedRow, OutcomeName } from '../records/asked.ts';
import { extendedTable } from '../records/extended-table.ts';
import { settledInstant } from '../records/instant.ts';
import type { CellValue, Row, Table, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { declaredColumns } from './manifest/plugin-shape.ts';
import { selectedColumns } from './plan/check-selection.ts';
import { collectChange } from './plan/collect-change.ts';
import { compareKeys } from './plan/compare-keys.ts';
import { byTable, type Draft, rowId } from './plan/draft.ts';
import { loadDraft, type StoredRows } from './plan/load-draft.ts';
import { resolveNames } from './plan/lookups.ts';
import { matchSelection } from './plan/match-selection.ts';
import { mergeReports } from './plan/merge-reports.ts';
import { planCommit } from './plan/plan-commit.ts';
import { createQueue } from './queue.ts';
import { openTransaction, type Staging } from './transaction.ts';

type Tables = Readonly<Record<TableName, ReadonlyMap<string, Row>>>;

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
function settleRow(table: TableName, row: Row, declared: PluginColumns): Row {
  const settled: Record<string, CellValue> = {};
  const extra = declaredColumns(declared, typeof row.source === 'string' ? row.source : null, table);
  for (const { column } of extra) settled[column.name] = row[column.name] ?? null;
  // A record that changed its source keeps what another plug-in said of it.
  for (const name in row) if (row[name] !== null && !(name in settled)) settled[name] = row[name] ?? null;
  for (const { name, type } of TABLES[table].columns) {
    const value = row[name] ?? null;
    settled[name] = type === 'timestamp' && value !== null ? (settledInstant(String(value)) ?? value) : value;
  }
  return settled;
}

/** A table with the columns that handlers add. */
function tableWith(name: TableName, declared: PluginColumns): Table {
  return extendedTable(
    TABLES[name],
    declaredColumns(declared, null, name).map(({ column }) => column),
  );
}

/** The tables after the edits of a draft; null when there was none. Tables without edits are the same maps. */
function applyDraft(tables: Tables, draft: Draft, declared: PluginColumns): Tables | null {
  const next: Record<TableName, ReadonlyMap<string, Row>> = { ...tables };
  let isChanged = false;
  for (const table of Object.keys(draft.tables) as TableName[]) {
    const edits = [...draft.tables[table]].filter(([, { before, after }]) => before !== after);
    if (edits.length === 0) continue;
    isChanged = true;
    const rows = new Map(tables[table]);
    for (const [id, { after }] of edits) {
      if (after === null) rows.delete(id);
      else rows.set(id, settleRow(table, after, declared));
    }
    next[table] = rows;
  }
  return isChanged ? next : null;
}

function selectedRows(tables: Tables, selection: Selection, declared: PluginColumns): Row[] {
  const table = tableWith(selection.table, declared);
  const columns = selectedColumns(selection, table);
  const matches = matchSelection(selection, table);
  const rows = [...tables[selection.table].values()].filter(matches);
  rows.sort((a, b) => compareKeys(rowId(selection.table, a), rowId(selection.table, b)));
  const offset = Math.max(0, Math.trunc(selection.offset ?? 0));
  const end = selection.limit === undefined ? undefined : offset + Math.max(0, Math.trunc(selection.limit));
  const chosen = rows.slice(offset, end);
  if (selection.columns === undefined && table === TABLES[selection.table]) return chosen;
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

function readTables(tablesNow: () => Tables, declared: PluginColumns): StoreReader {
  const stored = (): StoredRows => storedRows(tablesNow());
  return {
    get: async (table, keys) => stored().byKey(table, keys),
    getByParent: async (table, parents) => {
      if (table === 'files') return stored().filesOf(parents);
      return table === 'links' ? stored().byKey('links', parents) : stored().byColumn('runs', 'parent', parents);
    },
    select: async function* (selection) {
      const rows = selectedRows(tablesNow(), selection, declared);
      if (rows.length > 0) yield rows;
    },
    count: async (selection) => {
      const matches = matchSelection(selection, tableWith(selection.table, declared));
      return [...tablesNow()[selection.table].values()].filter(matches).length;
    },
    asked: async (ids) => {
      const found = new Map<string, AskedRow>();
      for (const id of ids) {
        const row = tablesNow().asked.get(id);
        if (row !== undefined) found.set(id, row as unknown as AskedRow);
      }
      return found;
    },
    resolve: async (names) => resolveNames(stored(), names),
    countChildren: async (keys) => countChildren(tablesNow(), keys),
    outcomes: async () => {
      const counts = new Map<OutcomeName, number>();
      for (const row of tablesNow().asked.values()) {
        const outcome = row.outcome as OutcomeName;
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      return counts;
    },
  };
}

/** The tables of a store, and how often they were changed. */
interface State {
  readonly tables: Tables;
  readonly sequence: number;
  /** The last number that a job was given. */
  readonly lastJob: number;
}

/** The state after a change; the same one when nothing changed. The tables that it is given stay as they are. */
async function changed(
  state: State,
  change: Change,
  declared: PluginColumns,
): Promise<{ state: State; report: CommitReport }> {
  const collected = collectChange(change, declared);
  const loaded = await loadDraft(storedRows(state.tables), collected);
  const report = planCommit(loaded, collected, state.lastJob);
  const tables = applyDraft(state.tables, loaded.draft, declared);
  const lastJob = collected.job?.number === null && report.job !== null ? Number(report.job) : state.lastJob;
  const next = tables === null ? state : { tables, sequence: state.sequence + 1, lastJob };
  return { state: next, report: { sequence: next.sequence, ...report } };
}

interface Mark {
  readonly state: State;
  readonly changes: number;
}

/** A transaction over tables of its own. `publish` gives the store its changes: the tables as they are, if nobody else wrote. */
function stageInMemory(
  began: State,
  declared: PluginColumns,
  publish: (staged: State, changes: readonly Change[]) => Promise<CommitReport | null>,
): Staging<Mark> {
  let state = began;
  const changes: Change[] = [];
  const reports: CommitReport[] = [];
  const backTo = async (mark: Mark): Promise<void> => {
    state = mark.state;
    changes.length = mark.changes;
    reports.length = mark.changes;
  };
  return {
    reader: readTables(() => state.tables, declared),
    stage: async (change) => {
      const next = await changed(state, change, declared);
      state = next.state;
      changes.push(change);
      reports.push({ ...next.report, sequence: began.sequence });
      return { ...next.report, sequence: began.sequence };
    },
    mark: () => ({ state, changes: changes.length }),
    backTo,
    reportSince: (mark) => mergeReports(reports.slice(mark.changes), began.sequence),
    publish: async () => {
      const merged = await publish(state, changes);
      const sequence = began.sequence + (state === began ? 0 : 1);
      return merged ?? mergeReports(reports, sequence);
    },
    discard: () => backTo({ state: began, changes: 0 }),
  };
}

/** What a memory store may be told. */
export interface MemoryStoreSettings {
  /** Columns that the registered handlers add; default none. */
  readonly pluginColumns?: PluginColumns;
}

/** A store that lives as long as the process: for tests and trials. */
export function createMemoryStore({ pluginColumns: declared = [] }: MemoryStoreSettings = {}): Store {
  let now: State = { tables: byTable(() => new Map()), sequence: 0, lastJob: 0 };
  const enqueue = createQueue();
  const open = new Set<Transaction>();
  const publish = (began: State) => (staged: State, changes: readonly Change[]) =>
    enqueue(async () => {
      if (now === began) {
        now = staged === began ? began : { ...staged, sequence: began.sequence + 1 };
        return null;
      }
      // Somebody else wrote meanwhile: the changes are made again over what is there now.
      let next = now;
      const reports: CommitReport[] = [];
      for (const change of changes) {
        const after = await changed(next, change, declared);
        next = after.state;
        reports.push(after.report);
      }
      const sequence = now.sequence + (next === now ? 0 : 1);
      now = { ...next, sequence };
      return mergeReports(reports, sequence);
    });
  const begin = async (): Promise<Transaction> => {
    const began = now;
    const transaction = openTransaction(stageInMemory(began, declared, publish(began)));
    for (const one of open) if (!one.isOpen) open.delete(one);
    open.add(transaction);
    return transaction;
  };
  return {
    ...readTables(() => now.tables, declared),
    abilities: { durable: false, concurrent: false, transactions: true, savepoints: true, returning: true },
    commit: (change) =>
      enqueue(async () => {
        const { state, report } = await changed(now, change, declared);
        now = state;
        return report;
      }),
    begin,
    transaction: async (work) => runTransaction(await begin(), work),
    columns: async (table) => tableWith(table, declared).columns,
    compact: async () => undefined,
    publish: async () => [],
    plainTables: async () => [],
    close: async () => {
      for (const one of open) if (one.isOpen) await one.rollback();
      open.clear();
    },
  };
}
