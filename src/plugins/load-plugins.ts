import { errorMessage } from '../errors/error-message.ts';
import type { Clock } from '../ports/clock.ts';
import { createImporter, type ImportModule, isThere, missingPackage } from './import-module.ts';
import type { PluginSource } from './plugin-source.ts';
import { type Contributions, readPlugin, requiredPackagesOf } from './read-plugin.ts';

/** Seconds that the module of a plug-in may take to load. */
const LOADING_SECONDS = 30;

/** What became of a plug-in. */
export type LoadedPlugin = { readonly source: PluginSource } & (
  | { readonly state: 'loaded'; readonly brings: Contributions }
  /** Packages that it needs are not installed. */
  | { readonly state: 'unavailable'; readonly packages: readonly string[]; readonly reason: string }
  | { readonly state: 'broken'; readonly reason: string; readonly hint: string | null }
);

/** What plug-ins are loaded with. */
export interface LoadSettings {
  /** What they get when they import `celline`. */
  readonly celline: Readonly<Record<string, unknown>>;
  /** Folder for compiled modules, of this user alone; null: they are compiled each time. */
  readonly codeFolder: string | null;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Runs code of the plug-in of this name, so that what it prints or throws later is known to be its own. */
  run<T>(plugin: string, work: () => T): T;
  /** Default: by Node, and TypeScript too. */
  readonly importModule?: ImportModule;
}

/** Loads plug-ins one after the other. Never fails: one that is broken is said to be. */
export async function loadPlugins(sources: readonly PluginSource[], settings: LoadSettings): Promise<LoadedPlugin[]> {
  if (sources.length === 0) return [];
  const importModule = settings.importModule ?? (await createImporter(settings.celline, settings.codeFolder));
  const loaded: LoadedPlugin[] = [];
  for (const source of sources) loaded.push(await loadOne(source, importModule, settings));
  return loaded;
}

async function loadOne(
  source: PluginSource,
  importModule: ImportModule,
  settings: LoadSettings,
): Promise<LoadedPlugin> {
  if (!isThere(source)) {
    return {
      source,
      state: 'broken',
      reason: `there is no file ${source.path}`,
      hint: 'correct its path in "plugins"',
    };
  }
  let packages: readonly string[] = [];
  try {
    const brings = await settings.run(source.module, () =>
      within(settings.clock, async () => {
        const module = await importModule(source);
        packages = requiredPackagesOf(module);
        return readPlugin(module);
      }),
    );
    return { source, state: 'loaded', brings };
  } catch (error) {
    return { source, ...failure(error, packages) };
  }
}

function failure(error: unknown, packages: readonly string[]) {
  const missing = missingPackage(error);
  if (missing !== null) {
    const needed = packages.length === 0 ? [missing] : packages;
    const reason = `it needs ${needed.join(' ')}, which is not installed`;
    return { state: 'unavailable' as const, packages: needed, reason };
  }
  const reason = errorMessage(error);
  const hint = (error as { hint?: unknown } | null)?.hint;
  return { state: 'broken' as const, reason, hint: typeof hint === 'string' ? hint : null };
}

async function within<T>(clock: Pick<Clock, 'sleep'>, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const overdue = clock.sleep(LOADING_SECONDS * 1000, ended.signal).then(() => {
    throw new Error(`it was not loaded within ${LOADING_SECONDS} s`);
  });
  // When the work ends first, the sleep is broken off.
  overdue.catch(() => {});
  try {
    return await Promise.race([work(), overdue]);
  } finally {
    ended.abort();
  }
}
