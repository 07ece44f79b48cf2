import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the package keeps the JSON Schema of the configuration. */
const SCHEMA = join('docs', 'celline.config.schema.json');

/**
 * The address under which an editor finds the JSON Schema of a configuration in `root`: that of the celline which is installed
 * for the project, relative, so that it counts for everybody; else that of the running one, as a URL of this machine. Null when
 * there is none.
 */
export function schemaAddress(root: string): string | null {
  const installed = join('node_modules', 'celline', SCHEMA);
  const near = foldersFrom(root).find((folder) => existsSync(join(folder, installed)));
  if (near !== undefined) {
    const path = relative(root, join(near, installed)).replaceAll('\\', '/');
    return path.startsWith('.') ? path : `./${path}`;
  }
  const own = foldersFrom(import.meta.dirname).find((folder) => existsSync(join(folder, SCHEMA)));
  return own === undefined ? null : pathToFileURL(join(own, SCHEMA)).href;
}

/** A folder and all above it. */
function foldersFrom(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersFrom(above)];
}
