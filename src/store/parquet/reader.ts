import type { Selection, StoreReader } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';
import type { AskedRow, OutcomeName } from '../../records/asked.ts';
import type { Row } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { type Manifest, segmentsOf } from '../manifest/manifest.ts';
import { unitedTable } from '../manifest/table-of.ts';
import { selectedColumns } from '../plan/check-selection.ts';
import type { StoredRows } from '../plan/load-draft.ts';
import { resolveNames } from '../plan/lookups.ts';
import { columnList, parseRow, rowAsJson, sqlName } from '../segments/column-sql.ts';
import { compileSelection } from '../segments/compile-selection.ts';
import { countChildren } from '../segments/count-children.ts';
import { liveTable } from '../segments/live-rows.ts';
import {
  filesOfParents,
  reading,
  readTexts,
  rowsByColumn,
  rowsByKey,
  type SegmentContext,
} from '../segments/segments.ts';

/** The rows of a manifest, as planning a commit reads them. */
export function storedRows(context: SegmentContext, manifest: Manifest): StoredRows {
  return {
    byKey: (table, keys, columns) => rowsByKey(context, manifest, table, keys, columns),
    byColumn: (table, column, values, columns) => rowsByColumn(context, manifest, table, column, values, columns),
    filesOf: (parents, columns) => filesOfParents(context, manifest, parents, columns),
  };
}

function allSegments(manifest: Manifest, selection: Selection) {
  const states = Object.values(manifest.tables).filter((state) => state.table === selection.table);
  return states.flatMap((state) => segmentsOf(state));
}

async function* selectRows(context: ReaderContext, manifest: Manifest, selection: Selection): AsyncGenerator<Row[]> {
  const table = unitedTable(manifest, selection.table, context.pluginColumns);
  const columns = selectedColumns(selection, table);
  const { condition, parameters } = compileSelection(selection, table);
  const segments = allSegments(manifest, selection);
  if (segments.length === 0) return;
  const rows = liveTable(context.layout.segments, manifest, selection.table, table.columns);
  const order = table.primaryKey.map(sqlName).join(', ');
  const limit = selection.limit === undefined ? '' : ` LIMIT ${Math.max(0, Math.trunc(selection.limit))}`;
  const offset = selection.offset === undefined ? '' : ` OFFSET ${Math.max(0, Math.trunc(selection.offset))}`;
  const chosen = `SELECT ${columnList(columns)} FROM (${rows}) WHERE ${condition} ORDER BY ${order}${limit}${offset}`;
  const sql = `SELECT ${rowAsJson(columns)} FROM (${chosen})`;
  for await (const texts of readTexts(context, segments, sql, parameters)) {
    yield texts.map((text) => parseRow(text, columns));
  }
}

async function countRows(context: ReaderContext, manifest: Manifest, selection: Selection): Promise<number> {
  const table = unitedTable(manifest, selection.table, context.pluginColumns);
  const { condition, parameters } = compileSelection(selection, table);
  const segments = allSegments(manifest, selection);
  const states = Object.values(manifest.tables).filter((state) => state.table === selection.table);
  const total = states.reduce((sum, state) => sum + state.rows, 0);
  // Without a condition the manifest knows.
  if (condition === 'true' || segments.length === 0) return total;
  const rows = liveTable(context.layout.segments, manifest, selection.table, table.columns);
  const answer = await reading(context.layout.segments, segments, async () =>
    (await context.engine()).rows(`SELECT count(*)::VARCHAR FROM (${rows}) WHERE ${condition}`, parameters),
  );
  return Number(answer[0]?.[0]);
}

async function countOutcomes(context: SegmentContext, manifest: Manifest): Promise<Map<OutcomeName, number>> {
  const segments = allSegments(manifest, { table: 'asked' });
  if (segments.length === 0) return new Map();
  const rows = liveTable(context.layout.segments, manifest, 'asked', TABLES.asked.columns);
  const sql = `SELECT outcome, count(*)::VARCHAR FROM (${rows}) GROUP BY outcome ORDER BY outcome`;
  const answer = await reading(context.layout.segments, segments, async () => (await context.engine()).rows(sql));
  return new Map(answer.map(([outcome, count]) => [outcome as OutcomeName, Number(count)]));
}

/** What reading needs. */
export interface ReaderContext extends SegmentContext {
  /** Columns that the registered handlers add; default none. */
  readonly pluginColumns?: PluginColumns;
}

/** Reads the rows of a manifest: asked for at each call, the newest one or that of a transaction. */
export function createReader(context: ReaderContext, manifestNow: () => Promise<Manifest>): StoreReader {
  const stored = async (): Promise<StoredRows> => storedRows(context, await manifestNow());
  return {
    get: async (table, keys) => (await stored()).byKey(table, keys),
    getByParent: async (table, parents) => {
      const rows = await stored();
      if (table === 'files') return rows.filesOf(parents);
      return table === 'links' ? rows.byKey('links', parents) : rows.byColumn('runs', 'parent', parents);
    },
    select: async function* (selection) {
      yield* selectRows(context, await manifestNow(), selection);
    },
    count: async (selection) => countRows(context, await manifestNow(), selection),
    asked: async (ids) => {
      const rows = await (await stored()).byKey('asked', ids);
      return new Map(rows.map((row) => [String(row.id), row as unknown as AskedRow]));
    },
    resolve: async (names) => resolveNames(await stored(), names),
    countChildren: async (keys) => countChildren(context, await manifestNow(), keys),
    outcomes: async () => countOutcomes(context, await manifestNow()),
  };
}
