import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const CONSUMER = join(import.meta.dirname, 'consumer');

/** A package as `npm pack` makes it of the present source. */
export interface PackedPackage {
  /** The archive, absolute. */
  readonly archive: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** Bytes of its files. */
  readonly unpackedSize: number;
  /** Paths within the package. */
  readonly files: readonly string[];
}

/** Builds the present source in a folder of its own and packs it; asks no registry. */
export function packPackage(): PackedPackage {
  const folder = mkdtempSync(join(tmpdir(), 'celline-pack-'));
  for (const script of ['build.mjs', 'build-types.mjs']) {
    execFileSync(process.execPath, [script, join(folder, 'dist')], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  }
  for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'docs']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--offline'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename, size, unpackedSize, files }] = JSON.parse(told);
  return {
    archive: join(folder, filename),
    size,
    unpackedSize,
    files: files.map(({ path }: { path: string }) => path),
  };
}

/**
 * A project that has the package installed, with what it declares as its dependencies, and nothing else but the types of
 * Node. Gives the folder.
 */
export function installPackage({ archive }: PackedPackage): string {
  const folder = mkdtempSync(join(tmpdir(), 'celline-consumer-'));
  const installed = join(folder, 'node_modules', 'celline');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', installed]);
  for (const name of [...dependenciesOf(installed), '@types/node']) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), path);
  }
  cpSync(CONSUMER, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return folder;
}

/** Names of the packages that a package needs here, and of those that they need. */
function dependenciesOf(folder: string, known = new Set<string>()): Set<string> {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const path = join(ROOT, 'node_modules', name);
    if (known.has(name) || !existsSync(path)) continue;
    known.add(name);
    dependenciesOf(path, known);
  }
  return known;
}
