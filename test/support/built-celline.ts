import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** Inside node_modules, so that the built files find the native SQL engine, and no tool looks at them. */
const BUILDS = join(ROOT, 'node_modules', '.cache', 'celline-e2e');
/** Builds of other states of the source are kept for an hour after their last use: another suite may be running them. */
const KEEP_MS = 3_600_000;
/** Looked up once a worker: hundreds of commands are run, and the source is some hundred files. */
let program: string | undefined;

/**
 * The command as built from the present source, in a folder of its own, so that a build of `dist` meanwhile disturbs no test.
 * The folder is named by the state of the source: whoever comes first builds, the others find it whole.
 */
export function builtCelline(): string {
  program ??= join(builtFolder(), 'bin', 'celline.js');
  return program;
}

function builtFolder(): string {
  const folder = join(BUILDS, stateOfSource());
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    mkdirSync(BUILDS, { recursive: true });
    execFileSync(process.execPath, ['build.mjs', draft], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      renameSync(draft, folder);
    } catch {
      // Another worker was faster; its build is of the same source.
      rmSync(draft, { recursive: true, force: true });
    }
    removeOld();
  }
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

function stateOfSource(): string {
  const hash = createHash('sha256');
  for (const folder of ['bin', 'src', 'handlers']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.(ts|mjs|json|md)$/.test(name)) continue;
      const { size, mtimeMs } = statSync(join(ROOT, folder, name));
      hash.update(`${folder}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function removeOld(): void {
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    // Another worker's draft may get its name meanwhile.
    const state = statSync(path, { throwIfNoEntry: false });
    if (state !== undefined && Date.now() - state.mtimeMs > KEEP_MS) rmSync(path, { recursive: true, force: true });
  }
}
