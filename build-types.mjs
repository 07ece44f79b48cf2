// Writes the declarations of the library: those of TypeScript, as far as the public names reach.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';

/** `node build-types.mjs FOLDER` writes below another folder, as `build.mjs` does. */
const outdir = join(process.argv[2] ?? 'dist', 'lib', 'types');
const draft = mkdtempSync(join(tmpdir(), 'celline-types-'));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** The module of an import or export, in whatever form a declaration names it. */
const RELATIVE = /(\bfrom |\bimport\()(['"])(\.[^'"]+)\.ts\2/g;

try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', draft], { stdio: 'inherit' });
  rmSync(outdir, { recursive: true, force: true });
  const wanted = ['src/index', 'src/testing/index'];
  // Grows while it is walked: what a declaration names is wanted as well.
  for (const path of wanted) {
    const text = readFileSync(join(draft, `${path}.d.ts`), 'utf8');
    for (const [, , , name] of text.matchAll(RELATIVE)) {
      const module = posix.join(posix.dirname(path), name);
      if (!wanted.includes(module)) wanted.push(module);
    }
    const file = join(outdir, `${path}.d.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replace(RELATIVE, '$1$2$3.js$2'));
  }
} finally {
  rmSync(draft, { recursive: true, force: true });
}
