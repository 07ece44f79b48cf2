import { resolve as resolvePath } from 'node:path';
import { secretSource } from '../config/secrets.ts';
import type { CacheBackends } from '../ports/cache.ts';
import type { CacheCare } from '../ports/cache-care.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reporter } from '../ports/reporter.ts';
import { createProject } from './create-project.ts';
import { setUpHandler } from './handler-setup.ts';
import type { CacheCareFacts } from './open-cache-care.ts';
import { type OpenConfig, openConfig } from './open-config.ts';
import type { HttpFacts, ProjectHttp } from './open-http.ts';
import type { OpenProjectSettings } from './open-project-settings.ts';
import { type Door, lazily, openTables } from './open-tables.ts';
import { keepWorks } from './open-works.ts';
import type { Ending, Project } from './project.ts';
import { openRuntimeFolder } from './runtime-folder.ts';
import { createSystemClock } from './system-clock.ts';
import { NODE_VERSION, USER_ID } from './system-processes.ts';

/**
 * Opens the project that a folder belongs to. The composition root: everything that reaches the world (configuration,
 * tables, HTTP, time) is made here and handed down. Reads the configuration; tables and connections open when needed.
 */
export async function openProject(settings: OpenProjectSettings): Promise<Project> {
  const clock: Clock = createSystemClock();
  const opened = await openConfig(settings, clock);
  const { config, secrets, mask, registry, log, plugins, ...loaded } = opened;
  const place = placeOf(opened, clock);
  const { signal, engine, command = '' } = settings;
  const handlers = registry.listHandlers();
  const early = engine === undefined ? {} : { engine };
  const tables = { ...place, signal, reporter: loaded.reporter, command, mask, handlers, ...early };
  const { store, query, care, jobs, reporter } = openTables(tables);
  const works = keepWorks();
  const runtimeFolder = () => openRuntimeFolder({ env: settings.env, cwd: settings.cwd, userId: USER_ID });
  const http = httpDoor({ ...place, secrets, env: settings.env, reporter, runtimeFolder });
  const setups = () => handlers.map(({ handler }) => setUpHandler(handler, config, secrets));
  const cache = cacheDoor({ ...place, env: settings.env, reporter, setups });
  return createProject({
    ...place,
    registry,
    store,
    jobs,
    setupOf: (handler) => setUpHandler(handler, config, secrets),
    nodeVersion: NODE_VERSION,
    runtimeFolder,
    ncbiKeySource: secrets.ncbiKey === undefined ? null : secretSource(secrets.ncbiKey),
    ...doorsOf(http),
    reporter,
    signal: AbortSignal.any([signal, works.signal]),
    works,
    mask,
    openQuery: query.open,
    openCare: care.open,
    cache,
    async close(ending) {
      await closeAll([works, query, care, cache, http, store]);
      await tellEnd(ending, reporter, log);
      plugins.guard?.release();
    },
  });
}

/** Where the project is, by what configuration, and which handlers that leaves out. */
function placeOf({ config, files, root, plugins, disabled, unusable }: OpenConfig, clock: Clock) {
  const [dbDir, cacheDir] = [resolvePath(root, config.dbDir), resolvePath(root, config.cacheDir)];
  return { config, configFiles: files, root, plugins, disabled, unusable, dbDir, cacheDir, clock };
}

/** The last event, and the last line of the log. */
async function tellEnd(ending: Ending | undefined, reporter: Reporter, log: OpenConfig['log']): Promise<void> {
  reporter.emit({ type: 'ended', exitCode: 0, error: null, ...ending });
  await log?.close();
}

/** Closes one after the other, so that the store outlives those that use it. */
async function closeAll(doors: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const door of doors) await door.close();
}

/** What looks after the cache, loaded when it is asked for. */
function cacheDoor(facts: CacheCareFacts): Door<CacheCare> & { openBackends(): Promise<CacheBackends> } {
  return {
    ...lazily(() => import('./open-cache-care.ts').then((it) => it.openProjectCacheCare(facts))),
    openBackends: async () => (await import('./open-cache.ts')).openCacheBackends(facts),
  };
}

function doorsOf({ of: httpOf, ofFiles: httpOfFiles, recordedAt }: ProjectHttp) {
  return { httpOf, httpOfFiles, recordedAt };
}

/** The HTTP stack, loaded at the first request: most commands ask no archive. */
function httpDoor(facts: HttpFacts): ProjectHttp {
  const door = lazily(() => import('./open-http.ts').then((it) => it.openHttp(facts)));
  let opened: ProjectHttp | null = null;
  return {
    async of(setup, options) {
      opened = await door.open();
      return opened.of(setup, options);
    },
    async ofFiles(hosts, signal) {
      opened = await door.open();
      return opened.ofFiles(hosts, signal);
    },
    recordedAt: () => opened?.recordedAt() ?? null,
    close: door.close,
  };
}
