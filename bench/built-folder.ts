import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The `dist` folder: the benchmarks run what `npm run build` made, chunks may lie at any depth of it. */
export function builtFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return join(folder, 'dist');
}
