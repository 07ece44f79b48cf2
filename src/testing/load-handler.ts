import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginError } from '../errors/plugin-error.ts';
import { createImporter } from '../plugins/import-module.ts';
import { readPlugin } from '../plugins/read-plugin.ts';
import type { Handler, SmallHandler } from '../ports/handler.ts';
import * as forAuthors from '../ports/handler.ts';

/**
 * The handler of a module in JavaScript or TypeScript, on every version of Node, as celline loads it; of several the first.
 * `module`: an address (`new URL('./handler.ts', import.meta.url)`) or an absolute path.
 */
export async function loadHandler(module: URL | string): Promise<SmallHandler | Handler> {
  const path = typeof module === 'string' ? module : fileURLToPath(module);
  const importModule = await createImporter({ ...forAuthors }, null);
  const source = { module: path, path, folder: dirname(path), priority: null, name: null, options: {} };
  const [first] = (await readPlugin(await importModule(source))).handlers;
  if (first !== undefined) return first.handler;
  throw new PluginError(`${path} brings no handler`, { hint: 'write: export default defineHandler({ … })' });
}
