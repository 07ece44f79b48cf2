import type { Config } from '../config/schema.ts';
import { planDispatch } from '../dispatcher/plan.ts';
import type { Registry } from '../dispatcher/registry.ts';
import { route } from '../dispatcher/route.ts';
import { PluginError } from '../errors/plugin-error.ts';
import { readAccession } from '../id/accession.ts';
import type { JobKeeper } from '../jobs/keep-jobs.ts';
import type { CacheBackends } from '../ports/cache.ts';
import type { CacheCare } from '../ports/cache-care.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler } from '../ports/handler.ts';
import type { HostLimit, Http } from '../ports/http.ts';
import type { Query } from '../ports/query.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import type { StoreCare } from '../ports/store-care.ts';
import { GOOD_OUTCOMES, type OutcomeName } from '../records/asked.ts';
import { addIds, checkHandler, optionTexts, routing } from './add-ids.ts';
import { checkFiles, type FileCheckParts } from './addresses/check-files.ts';
import { annotateRecords } from './annotate-records.ts';
import { compareStates } from './compare-states.ts';
import { examine } from './doctor.ts';
import { archivesToCheck } from './examine-archive.ts';
import { exchangeTables } from './exchange-tables.ts';
import { describeHandler, describeUnusable, type HandlerSetup, isInUse, rateOf } from './handler-setup.ts';
import { httpStats } from './http-stats.ts';
import { listDownloads } from './list-downloads.ts';
import type { UnusablePlugin } from './open-plugins.ts';
import type { OpenWorks } from './open-works.ts';
import type { AddOptions, AddPlan, Ending, HandlerInfo, Project, RemoveOptions, Resolution } from './project.ts';
import type { DisabledHandler } from './register-handlers.ts';
import { removeRecords } from './remove-records.ts';
import { createRepositories } from './repositories/repositories.ts';
import { searchArchives } from './search-archives.ts';
import { settleTables } from './settle-tables.ts';
import { showRecord, showRecords } from './show-record.ts';
import { testHandler } from './test-handler.ts';

/** How a handler's door to the HTTP stack is opened. */
export interface DoorOptions {
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  /** True: past the cache and any recording, even where the cache cannot be opened. Default false. */
  readonly withoutCache?: boolean;
}

/** What a project is made of; `openProject` builds it, tests hand in their own. */
export interface ProjectParts {
  readonly root: string;
  readonly dbDir: string;
  readonly cacheDir: string;
  readonly configFiles: readonly string[];
  readonly config: Config;
  readonly clock: Clock;
  readonly registry: Registry;
  /** Handlers that the configuration leaves out. Default none. */
  readonly disabled?: readonly DisabledHandler[];
  /** Plug-ins that cannot be used. Default none. */
  readonly unusable?: readonly UnusablePlugin[];
  readonly store: Store;
  /** Where NCBI's key comes from; null without one. */
  readonly ncbiKeySource: string | null;
  /** Version of the running Node, for `doctor`. */
  readonly nodeVersion: string;
  /** The folder in which the processes of the user agree on start times. Throws when it cannot be used. */
  readonly runtimeFolder: () => string;
  readonly reporter: Reporter;
  readonly jobs: JobKeeper;
  /** Blanks the keys and passwords out of a text. */
  readonly mask: (text: string) => string;
  /** Aborts when the user stops the command, or the project is closed. */
  readonly signal: AbortSignal;
  readonly works: Pick<OpenWorks, 'run'>;
  setupOf(handler: Handler): HandlerSetup;
  httpOf(setup: HandlerSetup, options: DoorOptions): Promise<Http>;
  /** The door to hosts of files: past the cache and any recording, and nobody in particular asks. */
  httpOfFiles(hosts: readonly HostLimit[], signal: AbortSignal): Promise<Http>;
  /** The time of the recording that is made or answers (ISO 8601 UTC), in place of the clock's; null without one. */
  recordedAt(): string | null;
  openQuery(): Promise<Query>;
  openCare(): Promise<StoreCare>;
  readonly cache: {
    open(): Promise<CacheCare>;
    /** Opens the back ends once more; whoever asked closes them. */
    openBackends(): Promise<CacheBackends>;
  };
  close(ending?: Ending): Promise<void>;
}

/** The project over its parts. */
export function createProject(parts: ProjectParts): Project {
  const { store, registry, clock, works } = parts;
  const exchange = exchangeTables(parts, (ranMs) => settleTables(parts, ranMs));
  return {
    root: parts.root,
    store,
    records: createRepositories(store, () => new Date(parts.clock.now()).toISOString()),
    add: (ids, options = {}) => works.run(addIds(ids, options, parts)),
    jobs: parts.jobs,
    plan: (ids, options = {}) => plan(ids, options, parts),
    askedIds: (filter) => askedIds(filter, store),
    resolve: async (ids) =>
      route(ids, registry).map((one) => resolutionOf(one.given, one.id, one.refusal?.reason ?? null, registry)),
    show: (name) => showRecord(name, store),
    showAll: (names) => showRecords(names, store),
    files: (names, options = {}) => listDownloads(names, options, store, registry),
    checkFiles: (files, options = {}) => works.run(checkFiles(files, options, fileCheckParts(parts))),
    remove: (names, options = {}) => remove(names, options, parts),
    diff: async (options = {}) => compareStates(options, store, (await parts.openCare()).comparison),
    annotate: async (notes) => {
      const began = clock.now();
      const ids = [...new Set(notes.map(({ id }) => id))];
      const own = parts.jobs.oneCommit({ task: 'annotate' }, ids);
      const answer = await annotateRecords(notes, new Date(began).toISOString(), own);
      await settleTables(parts, clock.now() - began);
      return answer;
    },
    exportTable: exchange.exportTable,
    importTables: (paths, options) => works.run(exchange.importTables(paths, options)),
    search: (query, options = {}) => searchArchives(query, options, parts),
    ...registration(parts),
    doctor: (options = {}) => doctor(parts, options),
    httpStats: (options = {}) => httpStats(options, parts.cacheDir),
    query: () => parts.openQuery(),
    care: () => parts.openCare(),
    cache: () => parts.cache.open(),
    close: (ending) => parts.close(ending),
  };
}

function fileCheckParts(parts: ProjectParts): FileCheckParts {
  const { config, registry, signal, httpOfFiles: httpOf } = parts;
  return { config, signal, httpOf, setups: () => registry.listHandlers().map(({ handler }) => parts.setupOf(handler)) };
}

/** Who is asked, and how a program changes it. */
function registration(
  parts: ProjectParts,
): Pick<Project, 'handlers' | 'testHandler' | 'registerHandler' | 'unregisterHandler'> {
  return {
    handlers: async () => listHandlers(parts),
    testHandler: (name, options = {}) => testHandler(name, options, parts),
    registerHandler(handler, place = {}) {
      if (handler.columns !== undefined) {
        throw new PluginError(`The handler ${handler.name} has columns of its own, which open tables do not know.`, {
          hint: 'Give it to openProject in handlers.',
          fields: { handler: handler.name },
        });
      }
      parts.registry.registerHandler(handler, place);
    },
    unregisterHandler: (name) => parts.registry.unregisterHandler(name),
  };
}

function listHandlers(parts: ProjectParts): HandlerInfo[] {
  const able = parts.registry.listHandlers();
  return [
    ...able.map(({ handler, priority, builtIn }) => describeHandler(parts.setupOf(handler), priority, builtIn)),
    ...(parts.disabled ?? []).map(({ handler, builtIn }) => describeHandler(parts.setupOf(handler), null, builtIn)),
    ...(parts.unusable ?? []).map(describeUnusable),
  ];
}

async function plan(ids: readonly string[], options: AddOptions, parts: ProjectParts): Promise<AddPlan> {
  const { registry, store } = parts;
  checkHandler(options.handler, registry);
  const setups = registry.listHandlers().map(({ handler }) => parts.setupOf(handler));
  return planDispatch(ids, {
    ...routing(options),
    registry,
    store,
    force: options.force ?? false,
    full: options.full ?? false,
    now: parts.clock.now(),
    ttlOf: (handler) => parts.setupOf(handler).ttl,
    rateOf: (operator) => Math.min(...setups.map((setup) => rateOf(operator, setup))),
  });
}

async function remove(
  names: readonly string[],
  options: RemoveOptions,
  parts: ProjectParts,
): ReturnType<Project['remove']> {
  const { store, clock } = parts;
  const began = clock.now();
  const at = new Date(began).toISOString();
  if (options.dryRun === true) return removeRecords(names, options, at, store);
  const own = parts.jobs.oneCommit({ task: 'rm', options: optionTexts({ ...options }) }, names);
  const answer = await own.transaction(async (transaction) => {
    const removed = await removeRecords(names, options, at, transaction);
    if (options.atomic !== true || removed.unknown.length === 0) return removed;
    await transaction.rollback();
    return { ...removed, removed: {}, notesKept: 0 };
  });
  await settleTables(parts, clock.now() - began);
  return answer;
}

async function askedIds(filter: { all?: boolean; failed?: boolean }, store: Store): Promise<string[]> {
  const ids: string[] = [];
  for await (const rows of store.select({ table: 'asked', columns: ['id', 'outcome'] })) {
    for (const row of rows) {
      const isGood = GOOD_OUTCOMES.has(row.outcome as OutcomeName);
      if (filter.all || (filter.failed && !isGood)) ids.push(String(row.id));
    }
  }
  return ids;
}

function resolutionOf(given: string, id: string | null, refusal: string | null, registry: Registry): Resolution {
  const reading = readAccession(given);
  const claims = id === null ? [] : registry.claims(id);
  return {
    given,
    id,
    archive: reading.ok ? reading.archive : null,
    level: claims[0]?.pattern.level ?? (reading.ok ? reading.level : null),
    handlers: claims.map((claim) => claim.handler.name),
    reason: refusal,
  };
}

function doctor(parts: ProjectParts, options: { offline?: boolean; signal?: AbortSignal }): ReturnType<typeof examine> {
  const signal = options.signal ?? parts.signal;
  const inUse = parts.registry
    .listHandlers()
    .map(({ handler }) => parts.setupOf(handler))
    .filter(isInUse);
  // No cache: what is wrong with it is said by its own check, and no archive is blamed for it.
  const httpOf = (setup: HandlerSetup) => parts.httpOf(setup, { refresh: true, signal, withoutCache: true });
  const { root, dbDir, cacheDir, configFiles, store, ncbiKeySource, nodeVersion } = parts;
  const { cache, offline: isOffline, replay } = parts.config;
  const [metadata, blob] = [cache.metadata.backend, cache.blob.backend];
  const patient = {
    root,
    dbDir,
    cache: replay === undefined ? { folder: cacheDir, metadata, blob, open: parts.cache.openBackends } : null,
    configFiles,
    backend: parts.config.store.backend,
    store,
    openCare: parts.config.store.backend === 'parquet' ? parts.openCare : null,
    ncbiKeySource,
    credentials: { setups: inUse, httpOf },
    nodeVersion,
    runtimeFolder: parts.runtimeFolder,
    archives: archivesToCheck(inUse, httpOf),
  };
  return examine(patient, options.offline === true || isOffline || replay !== undefined);
}
