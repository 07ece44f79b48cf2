import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSource } from './plugin-source.ts';

/** Imports the module of a plug-in and gives what it exports. Rejects with whatever the module throws. */
export type ImportModule = (source: PluginSource) => Promise<unknown>;

/**
 * Imports modules in JavaScript and TypeScript, on every version of Node. `celline` is what the plug-ins get when they import
 * that name: the running one, also where none is installed. What is compiled is kept in `codeFolder`, which must be of this
 * user alone, since it is run; null: nowhere.
 */
export async function createImporter(
  celline: Readonly<Record<string, unknown>>,
  codeFolder: string | null,
): Promise<ImportModule> {
  const { createJiti } = await import('jiti');
  return ({ module, path, folder }) => {
    const jiti = createJiti(join(folder, 'celline.config.json'), {
      fsCache: codeFolder ?? false,
      moduleCache: false,
      interopDefault: false,
      virtualModules: { celline },
    });
    return jiti.import(path === null ? module : entryOf(path));
  };
}

/** The module of a plug-in that is a folder: what its `package.json` names, else the folder, whose `index` counts. */
function entryOf(path: string): string {
  const manifest = join(path, 'package.json');
  if (!existsSync(manifest)) return path;
  const { exports, main } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const own = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  const entry = typeof own === 'string' ? own : (own?.import ?? own?.default ?? main);
  return typeof entry === 'string' ? join(path, entry) : path;
}

type Entry = string | { readonly import?: unknown; readonly default?: unknown };

/** What a `package.json` says of the module of its folder. */
interface Manifest {
  readonly exports?: Entry | { readonly '.': Entry };
  readonly main?: unknown;
}

/** The package that an error of an import says is missing; null when it says something else. */
export function missingPackage(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const named = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if (named === undefined || /^[./\\]|^[A-Za-z]:|^file:|^node:/.test(named)) return null;
  return /^(?:@[^/]+\/)?[^/]+/.exec(named)?.[0] ?? null;
}

/** True when the file of a plug-in is there; a package is looked for when it is imported. */
export function isThere({ path }: PluginSource): boolean {
  return path === null || existsSync(path);
}
