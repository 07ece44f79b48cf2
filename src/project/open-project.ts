import { homedir } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { loadConfig } from '../config/load.ts';
import type { ConfigInput } from '../config/schema.ts';
import { secretSource } from '../config/secrets.ts';
import { createRegistry, type Registry } from '../dispatcher/registry.ts';
import type { CacheCare } from '../ports/cache-care.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler } from '../ports/handler.ts';
import type { Reporter } from '../ports/reporter.ts';
import { createProject } from './create-project.ts';
import { setUpHandler } from './handler-setup.ts';
import { keepSecrets } from './keep-secrets.ts';
import type { CacheCareFacts } from './open-cache-care.ts';
import type { HttpFacts, ProjectHttp } from './open-http.ts';
import { openLog } from './open-log.ts';
import type { FlagOverrides, OpenProjectSettings } from './open-project-settings.ts';
import { type Door, lazily, openTables } from './open-tables.ts';
import type { Project } from './project.ts';
import { openRuntimeFolder } from './runtime-folder.ts';
import { createSystemClock } from './system-clock.ts';
import { NODE_VERSION, USER_ID } from './system-processes.ts';
import { VERSION } from './version.ts';

/**
 * Opens the project that a folder belongs to. The composition root: everything that reaches the world (configuration,
 * tables, HTTP, time) is made here and handed down. Reads the configuration; tables and connections open when needed.
 */
export async function openProject(settings: OpenProjectSettings): Promise<Project> {
  const { config, root, files, secrets, mask, reporter, registry, log } = await openConfig(settings);
  const clock: Clock = createSystemClock();
  const place = { config, root, dbDir: resolvePath(root, config.dbDir), cacheDir: resolvePath(root, config.cacheDir) };
  const { signal, engine, command = '' } = settings;
  const handlers = registry.listHandlers();
  const early = engine === undefined ? {} : { engine };
  const { store, query, care } = openTables({ ...place, clock, signal, reporter, command, mask, handlers, ...early });
  const runtimeFolder = () => openRuntimeFolder({ env: settings.env, cwd: settings.cwd, userId: USER_ID });
  const http = httpDoor({ ...place, secrets, clock, env: settings.env, reporter, runtimeFolder });
  const setups = () => handlers.map(({ handler }) => setUpHandler(handler, config, secrets));
  const cache = cacheDoor({ ...place, clock, env: settings.env, reporter, setups });
  return createProject({
    ...place,
    configFiles: files,
    clock,
    registry,
    store,
    setupOf: (handler) => setUpHandler(handler, config, secrets),
    nodeVersion: NODE_VERSION,
    runtimeFolder,
    ncbiKeySource: secrets.ncbiKey === undefined ? null : secretSource(secrets.ncbiKey),
    httpOf: http.of,
    recordedAt: http.recordedAt,
    reporter,
    signal,
    openQuery: query.open,
    openCare: care.open,
    openCache: cache.open,
    async close(ending) {
      await closeAll([query, care, cache, http, store]);
      reporter.emit({ type: 'ended', exitCode: 0, error: null, ...ending });
      await log?.close();
    },
  });
}

/** The configuration, the handlers that it leaves, and what keeps its secrets. */
async function openConfig(settings: OpenProjectSettings) {
  const further = settings.handlers ?? [];
  const handlers = [...BUILT_IN_HANDLERS, ...further];
  const loaded = await loadConfig({ ...settings, flags: configOf(settings.flags), homeDir: homedir(), handlers });
  const log = await openLog(loaded, settings);
  const keeper = keepSecrets(loaded.secrets, log === null ? settings.reporter : bothOf(settings.reporter, log));
  const command = keeper.mask(settings.command ?? '');
  keeper.reporter.emit({ type: 'began', command, version: VERSION, logLevel: loaded.config.log.level });
  for (const message of loaded.warnings) keeper.reporter.emit({ type: 'warning', message });
  const registry = registryOf(further, (name) => loaded.config.handlers[name]?.enabled ?? true);
  return { ...loaded, ...keeper, registry, log };
}

/** A reporter that tells two others. */
function bothOf(first: Reporter, second: Reporter): Reporter {
  return {
    emit(event) {
      first.emit(event);
      second.emit(event);
    },
  };
}

/** Closes one after the other, so that the store outlives those that use it. */
async function closeAll(doors: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const door of doors) await door.close();
}

/** What looks after the cache, loaded when it is asked for. */
function cacheDoor(facts: CacheCareFacts): Door<CacheCare> {
  return lazily(() => import('./open-cache-care.ts').then((it) => it.openProjectCacheCare(facts)));
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
    recordedAt: () => opened?.recordedAt() ?? null,
    close: door.close,
  };
}

/** The flags in the shape of the configuration that they override. */
function configOf(flags: FlagOverrides): ConfigInput {
  return {
    ...(flags.offline === undefined ? {} : { offline: flags.offline }),
    ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    ...(flags.record === undefined ? {} : { record: flags.record }),
    ...(flags.replay === undefined ? {} : { replay: flags.replay }),
    ...(flags.trace === undefined ? {} : { trace: flags.trace }),
    ...(flags.ttl === undefined ? {} : { cache: { ttl: flags.ttl } }),
    ...(flags.logLevel === undefined ? {} : { log: { level: flags.logLevel } }),
  };
}

function registryOf(further: readonly Handler[], isEnabled: (name: string) => boolean): Registry {
  const registry = createRegistry();
  for (const handler of BUILT_IN_HANDLERS)
    if (isEnabled(handler.name)) registry.registerHandler(handler, { builtIn: true });
  for (const handler of further) if (isEnabled(handler.name)) registry.registerHandler(handler);
  return registry;
}
