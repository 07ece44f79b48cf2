import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import { liftHandler } from '../dispatcher/lift-handler.ts';
import { errorMessage } from '../errors/error-message.ts';
import { type LoadedPlugin, loadPlugins } from '../plugins/load-plugins.ts';
import { isPluginFile, type PluginSource, planPlugins, pluginName } from '../plugins/plugin-source.ts';
import { guardProcess, type ProcessGuard } from '../plugins/process-guard.ts';
import { pruneCompiled } from '../plugins/prune-compiled.ts';
import { isBatchForm } from '../ports/check-handler.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handler } from '../ports/handler.ts';
import type { AnyHandler, PluginPlace } from '../ports/plugin.ts';
import type { LogLevel } from '../ports/reporter.ts';
import type { PluginExtensions } from './plugin-extensions.ts';
import { USER_ID } from './system-processes.ts';

/** A handler of a plug-in, not yet registered. */
export interface PluginHandler {
  readonly handler: AnyHandler;
  readonly place: PluginPlace;
  readonly source: PluginSource;
}

/** A plug-in that cannot be used, for `celline handlers`. */
export interface UnusablePlugin {
  /** As the configuration names it, else the package, or its file without the suffix (of `lab/handler.ts` the folder). */
  readonly name: string;
  /** As the configuration names it, or the path of its file. */
  readonly module: string;
  readonly reason: string;
}

/** What the plug-ins of a project bring. */
export interface OpenPlugins {
  readonly handlers: readonly PluginHandler[];
  /** Everything but handlers. */
  readonly extensions: PluginExtensions;
  readonly unusable: readonly UnusablePlugin[];
  /** What the user should know, one sentence each. */
  readonly warnings: readonly string[];
  /** Keeps what plug-ins do apart; null without any. */
  readonly guard: ProcessGuard | null;
}

/** How what plug-ins say is told. */
export interface PluginTalk {
  log(level: LogLevel, message: string): void;
  warn(message: string): void;
}

/** A project without plug-ins. */
export const NO_PLUGINS: OpenPlugins = { handlers: [], extensions: [], unusable: [], warnings: [], guard: null };

/** Loads the plug-ins that the configuration and the folder `handlers/` name. Never fails: what is broken is told and left out. */
export async function openPlugins(
  loaded: LoadedConfig,
  clock: Clock,
  talk: PluginTalk,
  codeFolder: string,
): Promise<OpenPlugins> {
  const dropped = await droppedFiles(loaded);
  const folder = folderOf(loaded);
  const sources = planPlugins({
    entries: loaded.config.plugins,
    folder,
    dropped: dropped.files,
    resolve: resolvePath,
  });
  if (sources.length === 0) return { ...NO_PLUGINS, warnings: dropped.warnings };
  const guard = guardPlugins(sources, talk);
  // The library of this very process, whether or not one is installed where the plug-in lies.
  const celline = { ...(await import('../index.ts')) };
  const plugins = await loadPlugins(sources, {
    celline,
    codeFolder,
    clock,
    run: guard.run,
  });
  await pruneCompiled(codeFolder);
  const { extensions, warnings } = await extensionsOf(plugins);
  return {
    handlers: plugins.flatMap(handlersOf),
    extensions,
    unusable: plugins.flatMap(unusableOf),
    warnings: [...dropped.warnings, ...plugins.flatMap(complaintOf), ...warnings],
    guard,
  };
}

/** What loaded plug-ins bring besides handlers; what they are checked with is loaded only when there is something. */
async function extensionsOf(plugins: readonly LoadedPlugin[]) {
  const brought = plugins.flatMap((plugin) => {
    if (plugin.state !== 'loaded') return [];
    const { handlers: _handlers, ...others } = plugin.brings;
    const isMore = Object.values(others).some(({ length }) => length > 0);
    return isMore ? [{ ...others, module: plugin.source.module }] : [];
  });
  if (brought.length === 0) return { extensions: [], warnings: [] };
  return (await import('./plugin-extensions.ts')).fitExtensions(brought);
}

/** The handler as the dispatcher sees it, for the names of its environment variables. */
export function factsOf({ handler, place }: PluginHandler): Handler {
  const lifted = isBatchForm(handler) ? handler : liftHandler(handler, { sleep: () => new Promise(() => {}) });
  return place.name === undefined ? lifted : Object.create(lifted, { name: { value: place.name, enumerable: true } });
}

/** Folder of the configuration file that names the plug-ins. */
function folderOf({ sources, files, root }: LoadedConfig): string {
  const named = /^file (.+)$/.exec(sources.plugins ?? '')?.[1] ?? files.at(-1);
  return named === undefined ? root : dirname(named);
}

/** Files in the folder for plug-ins of a project that has a configuration; those that others may have put there are not loaded. */
async function droppedFiles({ config, root, files }: LoadedConfig) {
  const { pluginDir } = config;
  const isProject = files.some((file) => dirname(file) === root);
  if (pluginDir === false) return { files: [], warnings: [] };
  const folder = resolvePath(root, pluginDir);
  const names = (await readdir(folder).catch(() => [])).filter(isPluginFile);
  if (!isProject) return { files: [], warnings: await notLoaded(names.map((name) => join(folder, name))) };
  const paths: string[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (await isTrusted(path)) paths.push(path);
    else warnings.push(`${path} is not loaded: it belongs to another user; name it in "plugins" if you trust it`);
  }
  return { files: paths, warnings };
}

/** Files that are meant as plug-ins, in a folder that is no project: any folder may have one of this name, so it is not run. */
async function notLoaded(paths: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  const meant = paths.filter((_, index) => /['"]celline['"]/.test(texts[index] ?? ''));
  return meant.map((path) => `${path} is not loaded: its folder is no project yet; celline init makes it one`);
}

async function isTrusted(path: string): Promise<boolean> {
  const uid = (await stat(path).catch(() => undefined))?.uid;
  return uid !== undefined && (uid === USER_ID || uid === 0);
}

function guardPlugins(sources: readonly PluginSource[], talk: PluginTalk): ProcessGuard {
  const guard: ProcessGuard = guardProcess({
    print: (plugin, line, level) => talk.log(level, `${basename(plugin)}: ${line}`),
    fault: (plugin, error) => {
      talk.warn(`the plug-in ${plugin} threw outside of any call: ${errorMessage(error)}`);
      talk.log('debug', error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
    ownerOf: (error) => ownerOf(error, sources),
    fatal: (error) => {
      guard.release();
      // With the guard gone this ends the process as any other error that nobody catches.
      queueMicrotask(() => {
        throw error;
      });
    },
  });
  return guard;
}

function ownerOf(error: unknown, sources: readonly PluginSource[]): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return sources.find(({ path }) => path !== null && stack.includes(path))?.module ?? null;
}

function handlersOf(plugin: LoadedPlugin): PluginHandler[] {
  if (plugin.state !== 'loaded') return [];
  const { source, brings } = plugin;
  const isOne = brings.handlers.length === 1;
  return brings.handlers.map(({ handler, place }, index) => ({
    handler,
    source,
    place: {
      ...place,
      ...(source.priority === null ? {} : { priority: source.priority + index }),
      ...(source.name === null || !isOne ? {} : { name: source.name }),
    },
  }));
}

function unusableOf(plugin: LoadedPlugin): UnusablePlugin[] {
  if (plugin.state === 'loaded') return [];
  const { source, reason } = plugin;
  return [{ name: source.name ?? pluginName(source), module: source.module, reason }];
}

function complaintOf(plugin: LoadedPlugin): string[] {
  if (plugin.state === 'loaded') return [];
  const { module } = plugin.source;
  if (plugin.state === 'broken') {
    return [`the plug-in ${module} is left out: ${plugin.reason}${plugin.hint === null ? '' : ` (${plugin.hint})`}`];
  }
  return [`the plug-in ${module} is left out: ${plugin.reason}; npm install ${plugin.packages.join(' ')}`];
}
