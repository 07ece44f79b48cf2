// Bundles the command line and the library into split ES modules, so that a command loads only what it needs.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** `node build.mjs FOLDER` builds somewhere else: tests of the built command keep a folder of their own. */
const outdir = process.argv[2] ?? 'dist';

/** Entry points by output name. */
const entryPoints = {
  'bin/celline': 'bin/celline.ts',
  demo: 'fixtures/demo/run-demo.ts',
  'bench/run': 'bench/run.ts',
  'bench/archive-server': 'bench/archive-server.ts',
  'bench/compact-all': 'bench/compact-all.ts',
  'bench/store-worker': 'bench/store-worker.ts',
};

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints,
  outdir,
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
  // Names stay: errors are known by them. A third less to read and compile at each start.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
chmodSync(`${outdir}/bin/celline.js`, 0o755);
