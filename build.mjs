// Bundles the command line into one script, whose compiled code is kept between starts, and the library and the rest into
// split ES modules.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { writeNotices } from './build-notices.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** `node build.mjs FOLDER` builds somewhere else: tests of the built command keep a folder of their own. */
const outdir = process.argv[2] ?? 'dist';

/** Entry points of the ES modules by output name. */
const entryPoints = {
  demo: 'fixtures/demo/run-demo.ts',
  'bench/run': 'bench/run.ts',
  'bench/archive-server': 'bench/archive-server.ts',
  'bench/cache-hammer-worker': 'test/cache/hammer-child.ts',
  'bench/compact-all': 'bench/compact-all.ts',
  'bench/overhead-asker': 'bench/overhead-asker.ts',
  'bench/small-server': 'bench/small-server.ts',
  'bench/polite-server': 'bench/polite-server.ts',
  'bench/polite-worker': 'bench/polite-worker.ts',
  'bench/store-worker': 'bench/store-worker.ts',
  'bench/tracking-worker': 'test/jobs/tracking-child.ts',
};

/** Large packages that few commands need: a script each, beside the program, so that the others do not read them. */
const apart = { undici: 'undici', 'hucre-xlsx': 'hucre/xlsx', cosmiconfig: 'cosmiconfig', yaml: 'yaml' };

const setApart = {
  name: 'set-apart',
  setup({ onResolve }) {
    for (const [name, path] of Object.entries(apart)) {
      onResolve({ filter: new RegExp(`^${path}$`) }, () => ({ path: `./${name}.js`, external: true }));
    }
  },
};

/** `import(address)` of a computed address, such as a plug-in's, goes by what `src/cli/code-cache.ts` gives the program. */
const importByAddress = {
  name: 'import-by-address',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](src|handlers|bin)[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/(?<!\.)\bimport\((?!\s*['"])/g, '__import('),
      loader: 'ts',
    }));
  },
};

const common = {
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // The native binding is a file of its own package; the JavaScript around it is bundled (124 files cost 100 ms to load).
  // Clients of services are installed by those who use one; jiti loads parts of itself by path;
  // cosmiconfig names TypeScript for files that are not read here.
  external: ['@duckdb/node-bindings', '@duckdb/node-bindings-*', 'aws4fetch', 'pg', 'jiti', 'typescript'],
  define: { __CELLINE_VERSION__: JSON.stringify(version) },
  legalComments: 'none',
  sourcemap: true,
  // Names stay: errors are known by them. A third less to read and compile at each start.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
};

/** CommonJS: Node needs 6 ms more to start with an ES module, and compiled code can be kept of scripts only. */
const scripts = {
  ...common,
  format: 'cjs',
  outdir: `${outdir}/bin`,
  define: { ...common.define, 'import.meta.dirname': '__dirname' },
};

/** Node's `require` for what is CommonJS inside an ES module. */
const modules = {
  ...common,
  splitting: true,
  format: 'esm',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(`${outdir}/bin`, { recursive: true });
writeFileSync(`${outdir}/bin/package.json`, '{"type":"commonjs"}\n');
// What `celline handlers new` writes is of the same state of the source, so that it cannot be out of date.
cpSync('handlers/template', `${outdir}/bin/template`, { recursive: true });
cpSync('handlers/custom.ts', `${outdir}/bin/template/handler.ts`);
const published = await Promise.all([
  build({ ...scripts, entryPoints: { celline: 'bin/celline.ts' } }),
  build({
    ...scripts,
    entryPoints: { program: 'bin/program.ts' },
    supported: { 'dynamic-import': false },
    plugins: [setApart, importByAddress],
  }),
  build({ ...scripts, entryPoints: apart }),
  build({
    ...modules,
    outdir: `${outdir}/lib`,
    entryPoints: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  }),
]);
await build({ ...modules, entryPoints });
writeNotices(
  published.map(({ metafile }) => metafile),
  `${outdir}/NOTICES.txt`,
);
chmodSync(`${outdir}/bin/celline.js`, 0o755);
