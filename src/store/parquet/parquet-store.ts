import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import type { Selection, Store } from '../../ports/store.ts';
import type { AskedRow, OutcomeName } from '../../records/asked.ts';
import type { Row } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { storeLayout } from '../disk/layout.ts';
import { type Author, type Manifest, segmentsOf, type TableState } from '../manifest/manifest.ts';
import { type CommitProtocol, createManifestLog } from '../manifest/manifest-log.ts';
import { tableOf } from '../manifest/table-of.ts';
import { selectedColumns } from '../plan/check-selection.ts';
import { resolveNames } from '../plan/lookups.ts';
import { columnList, parseRow, rowAsJson, sqlName } from '../segments/column-sql.ts';
import { compileSelection } from '../segments/compile-selection.ts';
import { countChildren } from '../segments/count-children.ts';
import { liveTable } from '../segments/live-rows.ts';
import { reading } from '../segments/segments.ts';
import { type CommitContext, commitChange, storedRows } from './commit.ts';
import { compactTable, planCompaction } from './compact.ts';
import { type EngineHolder, holdEngine } from './engine-holder.ts';
import { collectGarbage } from './garbage.ts';
import { plainTableStates, publishTables } from './publish.ts';

/** What a Parquet store needs. */
export interface ParquetStoreSettings {
  /** The tables folder (`DB/`); made at the first commit. */
  readonly dir: string;
  readonly clock: Clock;
  /** A text that nobody else has: letters, digits and `-`. */
  readonly randomId: () => string;
  /** Who commits, for the history; default nobody. */
  readonly author?: Author;
  /** Needed to take over the lock of a dead process where the file system has no hard links. */
  readonly processes?: Processes;
  /** DuckDB's limit of memory; default `128MB`, with which 20,000 samples are added in less than 300 MB in all. */
  readonly memoryLimit?: string;
  /** Keep plain Parquet files in the tables folder; default true. */
  readonly plainTables?: boolean;
  /** How commits get their number in a new store; default: hard links where the file system has them. */
  readonly protocol?: CommitProtocol;
}

/**
 * Commits after which the engine is opened anew. DuckDB's freed memory stays with the process, in pieces: after 80 commits
 * of 250 samples the peak is 265 MB, with a new engine every 12 commits 240 MB, every 6 commits 205 MB; opening takes 20 to
 * 40 ms (DuckDB 1.5.6, glibc, 2026-11). A failure of the work after a commit is told by the next `compact`.
 */
const COMMITS_PER_ENGINE = 6;

/** Runs works one after the other; a failed one does not stop the next. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work, work);
    tail = result.catch(() => undefined);
    return result;
  };
}

function allSegments(manifest: Manifest, selection: Selection) {
  const states = Object.values(manifest.tables).filter((state) => state.table === selection.table);
  return states.flatMap((state) => segmentsOf(state));
}

async function* selectRows(context: CommitContext, selection: Selection): AsyncGenerator<Row[]> {
  const columns = selectedColumns(selection);
  const { condition, parameters } = compileSelection(selection);
  const manifest = await context.log.newest();
  const segments = allSegments(manifest, selection);
  if (segments.length === 0) return;
  const table = TABLES[selection.table];
  const rows = liveTable(context.layout.segments, manifest, selection.table, table.columns);
  const order = table.primaryKey.map(sqlName).join(', ');
  const limit = selection.limit === undefined ? '' : ` LIMIT ${Math.max(0, Math.trunc(selection.limit))}`;
  const offset = selection.offset === undefined ? '' : ` OFFSET ${Math.max(0, Math.trunc(selection.offset))}`;
  const chosen = `SELECT ${columnList(columns)} FROM (${rows}) WHERE ${condition} ORDER BY ${order}${limit}${offset}`;
  const sql = `SELECT ${rowAsJson(columns)} FROM (${chosen})`;
  const texts = (await context.engine()).texts(sql, parameters)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await reading(context.layout.segments, segments, () => texts.next());
      if (next.done === true) return;
      yield next.value.map((text) => parseRow(text, columns));
    }
  } finally {
    await texts.return?.(undefined);
  }
}

async function countRows(context: CommitContext, selection: Selection): Promise<number> {
  const { condition, parameters } = compileSelection(selection);
  const manifest = await context.log.newest();
  const segments = allSegments(manifest, selection);
  const states = Object.values(manifest.tables).filter((state) => state.table === selection.table);
  const total = states.reduce((sum, state) => sum + state.rows, 0);
  // Without a condition the manifest knows.
  if (condition === 'true' || segments.length === 0) return total;
  const rows = liveTable(context.layout.segments, manifest, selection.table, TABLES[selection.table].columns);
  const answer = await reading(context.layout.segments, segments, async () =>
    (await context.engine()).rows(`SELECT count(*)::VARCHAR FROM (${rows}) WHERE ${condition}`, parameters),
  );
  return Number(answer[0]?.[0]);
}

async function countOutcomes(context: CommitContext): Promise<Map<OutcomeName, number>> {
  const manifest = await context.log.newest();
  const segments = allSegments(manifest, { table: 'asked' });
  if (segments.length === 0) return new Map();
  const rows = liveTable(context.layout.segments, manifest, 'asked', TABLES.asked.columns);
  const sql = `SELECT outcome, count(*)::VARCHAR FROM (${rows}) GROUP BY outcome ORDER BY outcome`;
  const answer = await reading(context.layout.segments, segments, async () => (await context.engine()).rows(sql));
  return new Map(answer.map(([outcome, count]) => [outcome as OutcomeName, Number(count)]));
}

/** Whether rewriting a table's base needs memory: the tables with few columns do not. */
function isWide(state: TableState): boolean {
  return tableOf(state).columns.length > 10;
}

/** Merges what the tables have too much of; the engine is new for a rewrite of wide rows, and again afterwards. */
async function compactTables(context: CommitContext, renew: () => Promise<void>): Promise<void> {
  for (const [name, state] of Object.entries((await context.log.newest()).tables)) {
    const isLarge = isWide(state) && planCompaction(state, false).kind === 'base';
    if (isLarge) await renew();
    await compactTable(context, name, false);
    if (isLarge) await renew();
  }
}

/** The writing half of a store. Everything that writes waits for what was asked before. */
type StoreWriter = Pick<Store, 'commit' | 'compact' | 'publish' | 'close'>;

function createWriter(context: CommitContext, door: EngineHolder, hasPlainTables: boolean): StoreWriter {
  const enqueue = createQueue();
  let commits = 0;
  let maintenance: { readonly error: unknown } | null = null;

  const maintain = async (): Promise<void> => {
    try {
      await compactTables(context, door.close);
    } catch (error) {
      maintenance = { error };
    }
    // Readers that are at it keep the old engine by their connections.
    if (commits % COMMITS_PER_ENGINE === 0) await door.close();
  };
  const compactNow = async (): Promise<void> => {
    const failed = maintenance;
    maintenance = null;
    if (failed !== null) throw failed.error;
    await compactTables(context, door.close);
  };
  return {
    commit: async (change) => {
      const report = await enqueue(() => commitChange(context, change));
      commits += 1;
      // After the acknowledgement: the next commit waits for it, this one does not.
      void enqueue(maintain);
      return report;
    },
    compact: () => enqueue(compactNow),
    publish: async (options) =>
      hasPlainTables ? enqueue(() => publishTables(context, door.close, options?.force === true)) : [],
    close: async () => {
      await enqueue(async () => undefined);
      // Garbage that cannot be removed now is removed by another command; what was asked is done.
      if (commits > 0) await collectGarbage(context).catch(() => undefined);
      commits = 0;
      await door.close();
    },
  };
}

/** What every part of a Parquet store works with, and the engine to be closed at the end. */
export function openContext(settings: ParquetStoreSettings): { context: CommitContext; door: EngineHolder } {
  const layout = storeLayout(settings.dir);
  const door = holdEngine(settings.memoryLimit ?? '128MB', layout.spill);
  const log = createManifestLog({ ...settings, layout });
  const author = settings.author ?? { by: '', command: '', run: settings.randomId() };
  return { context: { ...settings, author, layout, log, engine: door.open }, door };
}

/** A store of Parquet segments below `dir`; several processes may write to it at once. */
export function createParquetStore(settings: ParquetStoreSettings): Store {
  const { context, door } = openContext(settings);
  const { log } = context;
  const hasPlainTables = settings.plainTables !== false;
  const stored = async () => storedRows(context, await log.newest());
  return {
    ...createWriter(context, door, hasPlainTables),
    get: async (table, keys) => (await stored()).byKey(table, keys),
    getByParent: async (table, parents) => {
      const rows = await stored();
      if (table === 'files') return rows.filesOf(parents);
      return table === 'links' ? rows.byKey('links', parents) : rows.byColumn('runs', 'parent', parents);
    },
    select: (selection) => selectRows(context, selection),
    count: (selection) => countRows(context, selection),
    asked: async (ids) => {
      const rows = await (await stored()).byKey('asked', ids);
      return new Map(rows.map((row) => [String(row.id), row as unknown as AskedRow]));
    },
    resolve: async (names) => resolveNames(await stored(), names),
    countChildren: async (keys) => countChildren(context, await log.newest(), keys),
    plainTables: async () => (hasPlainTables ? plainTableStates(context) : []),
    outcomes: () => countOutcomes(context),
  };
}
