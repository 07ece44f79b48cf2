import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a program of the tests (path from the root) into a folder, to be run as a process of its own. Gives its path. */
export async function buildChildProgram(source: string, folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@duckdb/node-bindings'],
    // The native binding is found from here, wherever the bundle is.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(import.meta.url)});`,
    },
    logLevel: 'error',
  });
  return outfile;
}
