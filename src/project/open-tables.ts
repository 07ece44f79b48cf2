import { randomUUID } from 'node:crypto';
import { join, resolve as resolvePath } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { RegisteredHandler } from '../dispatcher/registry.ts';
import { StoreError } from '../errors/store-error.ts';
import { countRequests } from '../jobs/count-requests.ts';
import type { JobKeeper } from '../jobs/keep-jobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Query } from '../ports/query.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import type { PluginColumns, StoreCare } from '../ports/store-care.ts';
import type { QuerySettings } from '../query/open-query.ts';
import type { StartedEngine } from '../query/start-engine.ts';
import type { CareSettings } from '../store/care/open-care.ts';
import { careWithJobs } from './care-with-jobs.ts';
import { openJobs } from './open-jobs.ts';
import { type PluginExtensions, storeRegistry } from './plugin-extensions.ts';
import { createSystemProcesses, systemUser } from './system-processes.ts';
import { tellWritten } from './tell-written.ts';
import { VERSION } from './version.ts';

/** What the tables need of the configuration and of the machine. */
export interface TablesSettings {
  readonly config: Config;
  /** The project's folder; `queries/` is in it. */
  readonly root: string;
  /** The tables folder (`DB/`). */
  readonly dbDir: string;
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The registered handlers: they may add columns. */
  readonly handlers: readonly Pick<RegisteredHandler, 'name' | 'handler'>[];
  /** What plug-ins bring: they may be where the tables are kept. Default nothing. */
  readonly plugins?: { readonly extensions: PluginExtensions };
  readonly reporter: Reporter;
  /** A DuckDB for the first query, being opened already. */
  readonly engine?: Promise<StartedEngine>;
  /** The command line, for the history. */
  readonly command: string;
  /** Blanks secrets out of what is kept of commands and statements. */
  readonly mask: (text: string) => string;
}

/** A part that is loaded when it is first asked for, and closed if it was. */
export interface Door<T> {
  open(): Promise<T>;
  close(): Promise<void>;
}

/** The tables with what reads and looks after them. Nothing is opened yet. */
export interface Tables {
  readonly store: Store;
  readonly jobs: JobKeeper;
  /** The reporter that the rest of the project tells: it counts for the jobs. */
  readonly reporter: Reporter;
  readonly query: Door<Query>;
  readonly care: Door<StoreCare>;
}

/** The back end that the configuration names, and over the same folder the query engine and the care of the tables. */
export function openTables(place: TablesSettings): Tables {
  const { config, dbDir, clock, command } = place;
  const reporter = countRequests(place.reporter);
  const settings: CareSettings = {
    dir: dbDir,
    clock,
    randomId: randomUUID,
    author: { by: systemUser(), command: place.mask(command), run: randomUUID() },
    processes: createSystemProcesses(),
    memoryLimit: config.store.memoryLimit,
    plainTables: config.store.plainTables,
    backupDir: resolvePath(place.root, config.store.backupDir),
    keepBackups: config.store.keepBackups,
    version: VERSION,
    pluginColumns: columnsOf(place.handlers),
    migrationsDir: join(place.root, 'migrations'),
    warn: (message) => place.reporter.emit({ type: 'warning', message }),
    appended: (manifest) => tellWritten(manifest, place.reporter),
    runningJobs: () => jobs.running(),
  };
  const care = lazily(() => openCare(config, settings).then((it) => careWithJobs(it, jobs)));
  const upgrade = (version: number): Promise<void> => migrateBeforeWriting(care, version, place.reporter);
  const store = storeRegistry(place.plugins?.extensions).createStore(config.store.backend, { ...settings, upgrade });
  const jobs = openJobs({ ...place, settings, store, reporter });
  return {
    store,
    jobs,
    reporter,
    query: lazily(() => import('../query/open-query.ts').then((it) => it.openQuery(querySettings(place)))),
    care,
  };
}

/** What each handler adds to the tables of its source; one that adds nothing says so. */
function columnsOf(handlers: TablesSettings['handlers']): PluginColumns {
  return handlers.map(({ name, handler }) => ({
    handler: name,
    source: handler.source,
    columns: handler.columns ?? {},
  }));
}

async function openCare({ store }: Config, settings: CareSettings): Promise<StoreCare> {
  if (store.backend !== 'parquet') throw nothingToCareFor(store.backend);
  return (await import('../store/care/open-care.ts')).openStoreCare(settings);
}

/** Tables that an older celline made are migrated by the first command that writes; it says so. */
async function migrateBeforeWriting(care: Door<StoreCare>, version: number, reporter: Reporter): Promise<void> {
  const { migrations } = await care.open();
  const { to, backup } = await migrations.migrate();
  const message = `The tables were of version ${version} and are now of version ${to}; backup before it: ${backup ?? 'none'}.`;
  reporter.emit({ type: 'warning', message });
}

/** Queries as the configuration wants them; their log of slow ones may be deleted like all that is in the cache folder. */
function querySettings(place: TablesSettings): QuerySettings {
  const { config, root, dbDir, cacheDir, clock, signal, handlers, engine, mask } = place;
  const { timeout, slow, options } = config.query;
  return {
    dir: dbDir,
    clock,
    randomId: randomUUID,
    timeoutMs: timeout * 1000,
    signal,
    options: Object.fromEntries(
      Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ),
    pluginColumns: columnsOf(handlers),
    queriesDir: join(root, 'queries'),
    ...(engine === undefined ? {} : { engine }),
    ...(slow === false ? {} : { slow: { path: join(cacheDir, 'slow-queries.ndjson'), ms: slow * 1000, mask } }),
  };
}

/** Only the Parquet store has a past: what else is there ends with the process, or is looked after by its own means. */
function nothingToCareFor(backend: string): StoreError {
  const reason = backend === 'memory' ? 'its tables end with the command' : 'it keeps its tables by means of its own';
  return new StoreError('operational', `The back end ${backend} has no history, backups or plain tables: ${reason}.`, {
    hint: 'celline db works with store.backend parquet: celline config set store.backend parquet',
    fields: { backend },
  });
}

/** Loads and opens a part when it is first asked for. */
export function lazily<T extends { close(): Promise<void> }>(load: () => Promise<T>): Door<T> {
  let loaded: Promise<T> | null = null;
  return {
    open: (): Promise<T> => {
      loaded ??= load();
      return loaded;
    },
    close: async () => loaded?.then((opened) => opened.close()).catch(() => {}),
  };
}
