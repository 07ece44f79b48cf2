import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { nearestKey } from '../config/nearest-key.ts';
import type { Config } from '../config/schema.ts';
import { guardHandler } from '../dispatcher/guard-handler.ts';
import { liftHandler } from '../dispatcher/lift-handler.ts';
import { createRegistry, type Registry } from '../dispatcher/registry.ts';
import { ConfigError } from '../errors/config-error.ts';
import { errorMessage } from '../errors/error-message.ts';
import type { ProcessGuard } from '../plugins/process-guard.ts';
import { isBatchForm } from '../ports/check-handler.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler } from '../ports/handler.ts';
import type { AnyHandler } from '../ports/plugin.ts';
import { factsOf, type PluginHandler, type UnusablePlugin } from './open-plugins.ts';
import { settleOptions } from './settle-options.ts';

/** What handlers are registered from. */
export interface HandlerSources {
  readonly config: Config;
  readonly clock: Clock;
  /** Handlers that the caller of `openProject` brings. */
  readonly further: readonly AnyHandler[];
  readonly plugins: readonly PluginHandler[];
  readonly guard: ProcessGuard | null;
}

/** A handler that the configuration leaves out. */
export interface DisabledHandler {
  readonly handler: Handler;
  readonly builtIn: boolean;
}

/** The handlers of a project, in order, and what could not be registered. */
export interface RegisteredHandlers {
  readonly registry: Registry;
  readonly disabled: readonly DisabledHandler[];
  /** The configuration with the options of plug-ins as their schemas settled them. */
  readonly config: Config;
  readonly unusable: readonly UnusablePlugin[];
  /** Options that the schemas of plug-ins refuse; their handlers are among the unusable ones. */
  readonly optionProblems: readonly ConfigError[];
  readonly warnings: readonly string[];
}

/** Registers the built-in handlers, those of the caller, those of plug-ins, and puts them in the order of the configuration. */
export async function registerHandlers(sources: HandlerSources): Promise<RegisteredHandlers> {
  const { clock, further } = sources;
  const registry = createRegistry(clock);
  let { config } = sources;
  const isEnabled = (name: string) => config.handlers[name]?.enabled ?? true;
  for (const handler of BUILT_IN_HANDLERS)
    if (isEnabled(handler.name)) registry.registerHandler(handler, { builtIn: true });
  for (const handler of further) if (isEnabled(handler.name)) registry.registerHandler(handler);
  const unusable: UnusablePlugin[] = [];
  const optionProblems: ConfigError[] = [];
  for (const plugin of sources.plugins) {
    const name = plugin.place.name ?? plugin.handler.name;
    if (!isEnabled(name)) continue;
    try {
      const options = await settleOptions(plugin, name, config);
      config = withOptions(config, name, options);
      const { priority } = plugin.place;
      registry.registerHandler(
        guardedHandler(plugin, name, { ...sources, config }),
        priority === undefined ? {} : { priority },
      );
    } catch (error) {
      if (error instanceof ConfigError) optionProblems.push(error);
      unusable.push({ name, module: plugin.source.module, reason: errorMessage(error) });
    }
  }
  const complaints = unusable.map(
    ({ name, module, reason }) => `the handler ${name} of ${module} is left out: ${reason}`,
  );
  const unknown = registry.arrange(config.handlers.order ?? []);
  const left = unknown.filter((name) => isEnabled(name) && unusable.every((one) => one.name !== name));
  const disabled = disabledHandlers(sources);
  for (const { handler } of disabled) registry.leaveOut(handler);
  const known = [...registry.listHandlers(), ...disabled.map(({ handler }) => handler), ...unusable];
  const misspelt = misspeltSettings(config, known);
  const unordered = left.map((name) => `handlers.order names ${name}, which is no handler`);
  const warnings = [...complaints, ...unordered, ...misspelt];
  return { registry, disabled, config, unusable, optionProblems, warnings };
}

/** Settings of a name that is no handler's but nearly one's. Of others a program may still bring the handler. */
function misspeltSettings({ handlers }: Config, there: readonly { readonly name: string }[]): string[] {
  const known = there.map(({ name }) => name);
  const names = Object.keys(handlers).filter((name) => name !== 'order' && !known.includes(name));
  return names.flatMap((name) => {
    const meant = nearestKey(name, known);
    return meant === null ? [] : [`handlers.${name} is a setting of no handler; did you mean handlers.${meant}?`];
  });
}

function disabledHandlers({ config, clock, further, plugins }: HandlerSources): DisabledHandler[] {
  const lifted = (handler: AnyHandler) => (isBatchForm(handler) ? handler : liftHandler(handler, clock));
  const all = [
    ...BUILT_IN_HANDLERS.map((handler) => ({ handler: lifted(handler), builtIn: true })),
    ...[...further.map(lifted), ...plugins.map(factsOf)].map((handler) => ({ handler, builtIn: false })),
  ];
  return all.filter(({ handler }) => config.handlers[handler.name]?.enabled === false);
}

/** The handler under its name and with its deadline as they are configured, kept apart from the rest. */
function guardedHandler(plugin: PluginHandler, name: string, { config, clock, guard }: HandlerSources): Handler {
  const { handler, source } = plugin;
  const deadline = config.handlers[name]?.deadline ?? handler.deadline;
  const own = Object.create(handler, {
    name: { value: name, enumerable: true },
    ...(deadline === undefined ? {} : { deadline: { value: deadline, enumerable: true } }),
  }) as AnyHandler;
  const lifted = isBatchForm(own) ? own : liftHandler(own, clock);
  if (guard === null) return lifted;
  return guardHandler(lifted, { clock, run: (work) => guard.run(source.module, work), outside: guard.outside });
}

function withOptions(config: Config, name: string, options: Readonly<Record<string, unknown>>): Config {
  if (Object.keys(options).length === 0 && config.handlers[name] === undefined) return config;
  const own = config.handlers[name] ?? { enabled: true, options: {} };
  return { ...config, handlers: { ...config.handlers, [name]: { ...own, options } } } as Config;
}
