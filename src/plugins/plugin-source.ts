/** A module that is named as a plug-in. */
export interface PluginSource {
  /** As the configuration names it, or the path of a file in `handlers/`. */
  readonly module: string;
  /** Absolute path of a file, or null for a package. */
  readonly path: string | null;
  /** Folder from which a package is looked for, absolute. */
  readonly folder: string;
  /** Place of its handlers; null: after all others. */
  readonly priority: number | null;
  /** Replaces the name of its handler; null: its own. */
  readonly name: string | null;
  /** Options of its handlers. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An entry of `plugins` in the configuration. */
export type PluginEntry =
  | string
  | {
      readonly module: string;
      readonly priority?: number | undefined;
      readonly name?: string | undefined;
      readonly options?: Readonly<Record<string, unknown>> | undefined;
    };

/** Where plug-ins are named. */
export interface PluginPlaces {
  readonly entries: readonly PluginEntry[];
  /** Folder that relative paths of the entries are relative to: that of the configuration file. */
  readonly folder: string;
  /** Files in `handlers/` of the project, absolute. */
  readonly dropped: readonly string[];
  resolve(folder: string, path: string): string;
}

/** A path begins with `.`, `/` or a drive, or ends like a module; everything else is the name of a package. */
const PATH = /^\.{0,2}[/\\]|^[A-Za-z]:[/\\]|\.[cm]?[jt]s$/;

/** The suffixes of files in `handlers/` that are loaded; declarations and tests are not. */
const MODULE = /^(?!.*\.(?:d|test|spec)\.[cm]?[jt]s$).*\.[cm]?[jt]s$/;

/** What a plug-in is called while its handlers are not known: `handlers/lab/handler.ts` and `handlers/lab.ts` are `lab`. */
export function pluginName({ module, path }: PluginSource): string {
  if (path === null) return module;
  const parts = path.replace(/[\\/]+$/, '').split(/[\\/]/);
  const [folder = '', file = ''] = parts.slice(-2);
  const name = file.replace(/\.[cm]?[jt]s$/, '');
  return /^(?:handler|index)$/.test(name) && name !== file ? folder : name;
}

/** True for a file in `handlers/` that is a plug-in. */
export function isPluginFile(name: string): boolean {
  return MODULE.test(name) && !/^[._]/.test(name);
}

/** The plug-ins in the order in which they are loaded: those of the configuration, then files of `handlers/` by name, each once. Pure. */
export function planPlugins({ entries, folder, dropped, resolve }: PluginPlaces): PluginSource[] {
  const named = entries.map((entry): PluginSource => {
    const { module, priority, name, options = {} } = typeof entry === 'string' ? ({ module: entry } as const) : entry;
    const path = PATH.test(module) ? resolve(folder, module) : null;
    return { module, path, folder, priority: priority ?? null, name: name ?? null, options };
  });
  const known = new Set(named.map(({ path }) => path));
  const others = dropped
    .filter((path) => !known.has(path))
    .toSorted()
    .map((path): PluginSource => ({ module: path, path, folder, priority: null, name: null, options: {} }));
  return [...named, ...others];
}
