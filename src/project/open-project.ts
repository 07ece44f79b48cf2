import { homedir } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { loadConfig } from '../config/load.ts';
import type { ConfigInput } from '../config/schema.ts';
import { createRegistry, type Registry } from '../dispatcher/registry.ts';
import type { Clock } from '../ports/clock.ts';
import { createProject } from './create-project.ts';
import { setUpHandler } from './handler-setup.ts';
import type { HttpFacts, ProjectHttp } from './open-http.ts';
import type { FlagOverrides, OpenProjectSettings } from './open-project-settings.ts';
import { type Door, lazily, openTables } from './open-tables.ts';
import type { Project } from './project.ts';
import { createSystemClock } from './system-clock.ts';
import { NODE_VERSION } from './system-processes.ts';

/**
 * Opens the project that a folder belongs to. The composition root: everything that reaches the world (configuration,
 * tables, HTTP, time) is made here and handed down. Reads the configuration; tables and connections open when needed.
 */
export async function openProject(settings: OpenProjectSettings): Promise<Project> {
  const flags = configOf(settings.flags);
  const loaded = await loadConfig({ ...settings, flags, homeDir: homedir(), handlers: BUILT_IN_HANDLERS });
  for (const message of loaded.warnings) settings.reporter.emit({ type: 'warning', message });
  const { config, root, secrets } = loaded;
  const clock: Clock = createSystemClock();
  const registry = builtInRegistry((name) => config.handlers[name]?.enabled ?? true);
  const place = { config, root, dbDir: resolvePath(root, config.dbDir), cacheDir: resolvePath(root, config.cacheDir) };
  const { signal, reporter, engine, command = '' } = settings;
  const handlers = registry.listHandlers();
  const early = engine === undefined ? {} : { engine };
  const { store, query, care } = openTables({ ...place, clock, signal, reporter, command, handlers, ...early });
  const http = httpDoor({ ...place, secrets, clock, env: settings.env, reporter });
  return createProject({
    ...place,
    configFiles: loaded.files,
    clock,
    registry,
    store,
    setupOf: (handler) => setUpHandler(handler, config, secrets),
    nodeVersion: NODE_VERSION,
    hasNcbiKey: secrets.ncbiKey !== undefined,
    httpOf: async (handler, options) => (await http.open()).of(handler, options),
    reporter,
    signal,
    openQuery: query.open,
    openCare: care.open,
    async close() {
      await query.close();
      await care.close();
      await http.close();
      await store.close();
    },
  });
}

/** The HTTP stack, loaded at the first request: most commands ask no archive. */
function httpDoor(facts: HttpFacts): Door<ProjectHttp> {
  return lazily(() => import('./open-http.ts').then((it) => it.openHttp(facts)));
}

/** The flags in the shape of the configuration that they override. */
function configOf(flags: FlagOverrides): ConfigInput {
  return {
    ...(flags.offline === undefined ? {} : { offline: flags.offline }),
    ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    ...(flags.ttl === undefined ? {} : { cache: { ttl: flags.ttl } }),
    ...(flags.logLevel === undefined ? {} : { log: { level: flags.logLevel } }),
  };
}

function builtInRegistry(isEnabled: (name: string) => boolean): Registry {
  const registry = createRegistry();
  for (const handler of BUILT_IN_HANDLERS)
    if (isEnabled(handler.name)) registry.registerHandler(handler, { builtIn: true });
  return registry;
}
