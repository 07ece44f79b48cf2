// Bundles the command line and the library into split ES modules, so that a command loads only what it needs.
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Entry points by output name; an entry whose source is not there is left out. */
const entryPoints = Object.fromEntries(
  Object.entries({
    'bin/celline': 'bin/celline.ts',
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    demo: 'test/demo.ts',
    'bench/run': 'bench/run.ts',
    'bench/archive-server': 'bench/archive-server.ts',
  }).filter(([, source]) => existsSync(source)),
);

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The native binding is a file of its own package; the JavaScript around it is bundled (124 files cost 100 ms to load).
  external: ['@duckdb/node-bindings', '@duckdb/node-bindings-*'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  define: { __CELLINE_VERSION__: JSON.stringify(version) },
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
});
chmodSync('dist/bin/celline.js', 0o755);
