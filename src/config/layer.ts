/** Settings as one source gives them: a tree of keys, not yet checked. */
export type Settings = { readonly [key: string]: unknown };

/** One source of settings. */
export interface Layer {
  /** `flag`, `profile ci`, `file /p/celline.config.json`; for the environment the variable depends on the path. */
  readonly source: (path: string) => string;
  readonly settings: Settings;
}

/** Merges sources, later ones win. Objects are merged key by key, lists and values replaced. */
export function mergeLayers(layers: readonly Layer[]): Settings {
  return layers.reduce<Settings>((merged, layer) => mergeSettings(merged, layer.settings), {});
}

/** Every value of a tree by its path (`cache.ttl`); lists are values. */
export function valuesByPath(settings: Settings, prefix = ''): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (!isSettings(value)) values.set(path, value);
    else for (const [below, one] of valuesByPath(value, path)) values.set(below, one);
  }
  return values;
}

/** Where each value of the settled tree comes from; `default` where no layer gives it. */
export function sourcesOf(settled: Settings, layers: readonly Layer[]): Readonly<Record<string, string>> {
  const given = layers.map((layer) => ({ layer, paths: valuesByPath(layer.settings) })).reverse();
  const sources: Record<string, string> = {};
  for (const path of valuesByPath(settled).keys()) {
    const from = given.find(({ paths }) => paths.has(path));
    sources[path] = from === undefined ? 'default' : from.layer.source(path);
  }
  return sources;
}

/** True for an object that is merged key by key. */
export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeSettings(below: Settings, above: Settings): Settings {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const old = merged[key];
    merged[key] = isSettings(old) && isSettings(value) ? mergeSettings(old, value) : value;
  }
  return merged;
}
