import { existsSync } from 'node:fs';
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
    return jiti.import(path ?? module);
  };
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
