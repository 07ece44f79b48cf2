import { homedir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { type LoadedConfig, loadConfig, withHandlers } from '../config/load.ts';
import type { Config, ConfigInput } from '../config/schema.ts';
import { liftHandler } from '../dispatcher/lift-handler.ts';
import type { Registry } from '../dispatcher/registry.ts';
import type { ConfigError } from '../errors/config-error.ts';
import type { EventLog } from '../log/event-log.ts';
import { isBatchForm } from '../ports/check-handler.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler } from '../ports/handler.ts';
import type { AnyHandler } from '../ports/plugin.ts';
import type { CellineEvent, Reporter } from '../ports/reporter.ts';
import { createStoreRegistry } from '../store/registry.ts';
import { keepSecrets, type SecretKeeper } from './keep-secrets.ts';
import { openLog } from './open-log.ts';
import {
  factsOf,
  NO_PLUGINS,
  type OpenPlugins,
  openPlugins,
  type PluginTalk,
  type UnusablePlugin,
} from './open-plugins.ts';
import type { FlagOverrides, OpenProjectSettings } from './open-project-settings.ts';
import { type DisabledHandler, registerHandlers } from './register-handlers.ts';
import { createSystemClock } from './system-clock.ts';
import { userStateFolder } from './user-secret.ts';
import { VERSION } from './version.ts';

/** A settled configuration with the handlers and plug-ins that it names. */
export interface PluggedConfig extends LoadedConfig {
  readonly registry: Registry;
  /** What the plug-ins bring besides handlers, and what keeps them apart. */
  readonly plugins: Pick<OpenPlugins, 'extensions' | 'guard'>;
  /** Handlers that the configuration leaves out. */
  readonly disabled: readonly DisabledHandler[];
  /** Plug-ins and their handlers that cannot be used. */
  readonly unusable: readonly UnusablePlugin[];
  /** Options that plug-ins refuse. */
  readonly optionProblems: readonly ConfigError[];
}

/** The configuration of an open project, with what tells and logs. */
export type OpenConfig = PluggedConfig & SecretKeeper & { readonly log: EventLog | null };

type PlugSettings = Omit<OpenProjectSettings, 'reporter' | 'signal' | 'engine' | 'command'>;

/** The configuration, the handlers that it leaves, and what keeps its secrets. The first events of a project are told. */
export async function openConfig(settings: OpenProjectSettings, clock: Clock): Promise<OpenConfig> {
  // What plug-ins say while they are loaded waits for the secrets to be known, which must not be in it.
  const early: CellineEvent[] = [];
  let tell = (event: CellineEvent): void => void early.push(event);
  const plugged = await plugConfig(settings, clock, { emit: (event) => tell(event) });
  const log = await openLog(plugged, settings);
  const keeper = keepSecrets(plugged.secrets, log === null ? settings.reporter : bothOf(settings.reporter, log));
  const command = keeper.mask(settings.command ?? '');
  keeper.reporter.emit({ type: 'began', command, version: VERSION, logLevel: plugged.config.log.level });
  tell = keeper.reporter.emit;
  for (const event of early) tell(event);
  for (const message of plugged.warnings) tell({ type: 'warning', message });
  return { ...plugged, ...keeper, log };
}

/** The configuration as `openProject` settles it, with variables and options of plug-ins, for `celline config`. */
export async function describeConfig(
  settings: OpenProjectSettings,
): Promise<LoadedConfig & Pick<PluggedConfig, 'optionProblems'>> {
  const plugged = await plugConfig(settings, createSystemClock(), settings.reporter);
  plugged.plugins.guard?.release();
  return plugged;
}

/** The configuration with the handlers and plug-ins that it names. */
async function plugConfig(settings: PlugSettings, clock: Clock, reporter: Reporter): Promise<PluggedConfig> {
  const further = settings.handlers ?? [];
  const handlers = [...BUILT_IN_HANDLERS, ...further.map(lifted)];
  const loaded = await loadConfig({ ...settings, flags: configOf(settings.flags), homeDir: homedir(), handlers });
  const isNeeded = settings.plugins !== false || isForeignStore(loaded.config);
  const plugins = isNeeded ? await openPlugins(loaded, clock, talkOf(reporter), codeFolderOf(settings)) : NO_PLUGINS;
  const known = [...handlers, ...plugins.handlers.map(factsOf)];
  const all = plugins.handlers.length === 0 ? loaded : await withHandlers(loaded, { ...settings, handlers: known });
  const registered = await registerHandlers({
    config: all.config,
    clock,
    further,
    plugins: plugins.handlers,
    guard: plugins.guard,
  });
  return {
    ...all,
    config: registered.config,
    registry: registered.registry,
    plugins,
    disabled: registered.disabled,
    unusable: [...plugins.unusable, ...registered.unusable],
    optionProblems: registered.optionProblems,
    warnings: [...all.warnings, ...plugins.warnings, ...(isNeeded ? registered.warnings : [])],
  };
}

/** Where compiled modules are kept, at home: compiling takes longer than all else that a start does, and nobody else may write there. */
function codeFolderOf({ env }: PlugSettings): string {
  return join(userStateFolder(env), 'plugins');
}

function talkOf(reporter: Reporter): PluginTalk {
  return {
    log: (level, message) => reporter.emit({ type: 'log', level, message }),
    warn: (message) => reporter.emit({ type: 'warning', message }),
  };
}

function lifted(handler: AnyHandler): Handler {
  return isBatchForm(handler) ? handler : liftHandler(handler, { sleep: () => new Promise(() => {}) });
}

/** True when only a plug-in can have brought the storage back end. */
function isForeignStore({ store }: Config): boolean {
  return createStoreRegistry()
    .listStores()
    .every(({ name }) => name !== store.backend);
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
