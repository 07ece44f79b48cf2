import type { Clock } from '../../ports/clock.ts';
import type { Processes } from '../../ports/processes.ts';
import { runTransaction } from '../../ports/run-transaction.ts';
import type { Store, Transaction } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';
import type { MakeLink } from '../disk/hard-links.ts';
import { storeLayout } from '../disk/layout.ts';
import type { Author, Manifest, TableState } from '../manifest/manifest.ts';
import { type CommitProtocol, createManifestLog } from '../manifest/manifest-log.ts';
import { tableOf, unitedTable } from '../manifest/table-of.ts';
import { createQueue } from '../queue.ts';
import { type CommitContext, commitChange } from './commit.ts';
import { compactTable } from './compact.ts';
import { type EngineHolder, holdEngine } from './engine-holder.ts';
import { collectGarbage } from './garbage.ts';
import { planCompaction } from './plan-compaction.ts';
import { plainTableStates, publishTables } from './publish.ts';
import { createReader } from './reader.ts';
import { createTransactions } from './transactions.ts';
import { createWriteGate, type Upgrade } from './write-gate.ts';

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
  /** Columns that the registered handlers add to tables of their sources; default none. */
  readonly pluginColumns?: PluginColumns;
  /** Migrates tables of an older version before the first write; without it such a write is refused. */
  readonly upgrade?: Upgrade;
  /** How commits get their number in a new store; default: hard links where the file system has them. */
  readonly protocol?: CommitProtocol;
  /** How a file gets a second name; default the operating system's. Tests hand in file systems that behave otherwise. */
  readonly makeLink?: MakeLink;
  /** Told every commit, compaction and other change of the tables once it is durable. Must not throw. */
  readonly appended?: (manifest: Manifest) => void;
}

/**
 * Commits after which the engine is opened anew. DuckDB's freed memory stays with the process, in pieces: after 80 commits
 * of 250 samples the peak is 265 MB, with a new engine every 12 commits 240 MB, every 6 commits 205 MB; opening takes 20 to
 * 40 ms (DuckDB 1.5.6, glibc, 2026-11). A failure of the work after a commit is told by the next `compact`.
 */
const COMMITS_PER_ENGINE = 6;

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
type StoreWriter = Pick<Store, 'commit' | 'begin' | 'transaction' | 'compact' | 'publish' | 'close'>;

function createWriter(context: CommitContext, door: EngineHolder, settings: ParquetStoreSettings): StoreWriter {
  const passGate = createWriteGate(context, settings.upgrade);
  const enqueue = createQueue();
  const transactions = createTransactions({
    context,
    door,
    enqueue,
    changesPerEngine: COMMITS_PER_ENGINE,
    ended: () => acknowledged(),
  });
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
  const acknowledged = (): void => {
    commits += 1;
    // After the acknowledgement: the next commit waits for it, this one does not.
    void enqueue(maintain);
  };
  const compactNow = async (): Promise<void> => {
    const failed = maintenance;
    maintenance = null;
    if (failed !== null) throw failed.error;
    await compactTables(context, door.close);
  };
  const begin = async (): Promise<Transaction> => {
    await enqueue(passGate);
    return transactions.begin();
  };
  return {
    commit: async (change) => {
      const report = await enqueue(() => passGate().then(() => commitChange(context, change)));
      acknowledged();
      return report;
    },
    begin,
    transaction: async (work) => runTransaction(await begin(), work),
    compact: () => enqueue(compactNow),
    publish: async (options) =>
      settings.plainTables === false ? [] : enqueue(() => publishTables(context, door.close, options?.force === true)),
    close: async () => {
      await transactions.rollbackAll();
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
  const log = createManifestLog({ ...settings, layout });
  const door = holdEngine({
    memoryLimit: settings.memoryLimit ?? '128MB',
    spill: layout.spill,
    rows: () => largestTable(log),
  });
  const author = settings.author ?? { by: '', command: '', run: settings.randomId() };
  return { context: { ...settings, author, layout, log, engine: door.open }, door };
}

/** Rows of the largest table; 0 when nothing can be read: whoever reads it says why. */
async function largestTable(log: CommitContext['log']): Promise<number> {
  const manifest = await log.newest().catch(() => null);
  return Math.max(0, ...Object.values(manifest?.tables ?? {}).map(({ rows }) => rows));
}

/** A store of Parquet segments below `dir`; several processes may write to it at once. */
export function createParquetStore(settings: ParquetStoreSettings): Store {
  const { context, door } = openContext(settings);
  const hasPlainTables = settings.plainTables !== false;
  return {
    ...createReader(context, () => context.log.newest()),
    ...createWriter(context, door, settings),
    abilities: { durable: true, concurrent: true, transactions: true, savepoints: true, returning: true },
    columns: async (table) => unitedTable(await context.log.newest(), table, settings.pluginColumns).columns,
    plainTables: async () => (hasPlainTables ? plainTableStates(context) : []),
  };
}
