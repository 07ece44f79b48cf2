import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { makeFoldersSync } from '../disk/make-folders.ts';

/** A script that has run, and its compiled code. */
export interface LoadedScript {
  /** What the script exports, as a CommonJS module. */
  readonly exports: unknown;
  /** Whether compiled code of an earlier start was used. */
  readonly wasKept: boolean;
  /** Keeps the code that was compiled so far for the next start, unless that was done often enough. Never fails. */
  keep(): void;
}

/** Starts after which no more code is kept: what the first ones have not needed is compiled when it is. */
const LEARNING_STARTS = 3;

/** Files in the folder; the oldest of more go. */
const MOST_FILES = 64;

/** SHA-256 of what follows and of what it was made of, then the number of starts it was learnt from in one byte. */
const HEADER_BYTES = 33;

/**
 * The folder of compiled code: below the one for temporary files, of this user alone. Null when there can be none, or when
 * it is not wanted (`NODE_DISABLE_COMPILE_CACHE`, as for Node's own).
 */
export function codeFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.NODE_DISABLE_COMPILE_CACHE !== undefined) return null;
  const uid = process.getuid?.();
  const folder = join(tmpdir(), `celline-code-${uid ?? 'user'}`);
  try {
    makeFoldersSync(folder, 0o700);
    const found = lstatSync(folder);
    // Whoever can write here could run code as this user.
    const isOurs = uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0);
    return found.isDirectory() && isOurs ? folder : null;
  } catch {
    return null;
  }
}

/**
 * Runs a CommonJS script of ASCII characters. In it `import()` cannot work, as Node 20 forgets for kept code how: it is given
 * `__import` in its place, which takes addresses (`file:…`) and names of packages. Reading and compiling 1.5 MB takes 100 ms at each start, reading what was
 * compiled 20 ms (Node 20 and 22, 2 cores, 2026-11). `name` tells apart what is kept for different uses of the script.
 */
export function loadScript(path: string, name: string, folder: string | null): LoadedScript {
  const { mtimeMs, size } = statSync(path);
  // V8 takes back only what it made itself, with the same flags.
  const { version, arch, execArgv, env } = process;
  const maker = [path, version, arch, ...execArgv, env.NODE_OPTIONS].join('\n');
  const identity = `${maker}\n${mtimeMs}\n${size}`;
  const place = createHash('sha256').update(maker).digest('hex').slice(0, 16);
  const file = folder === null ? null : join(folder, `${place}-${name}`);
  const kept = file === null ? null : readKept(file, identity);
  const source = `(function(exports,require,module,__filename,__dirname,__import){${readFileSync(path, 'latin1')}\n})`;
  const script = new Script(source, {
    filename: pathToFileURL(path).href,
    ...(kept === null ? {} : { cachedData: kept.code }),
  });
  const wasKept = kept !== null && script.cachedDataRejected !== true;
  const module = { exports: {} };
  const load = (address: string): Promise<unknown> => import(address);
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path), load);
  return {
    exports: module.exports,
    wasKept,
    keep: () => {
      const starts = wasKept ? kept.starts : 0;
      if (file !== null && starts < LEARNING_STARTS) writeKept(file, identity, script.createCachedData(), starts + 1);
    },
  };
}

function digest(identity: string, body: Buffer): Buffer {
  return createHash('sha256').update(identity).update(body).digest();
}

/** Null unless all of it is as it was written: V8 crashes on damaged code. */
function readKept(file: string, identity: string): { readonly code: Buffer; readonly starts: number } | null {
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(HEADER_BYTES - 1);
    if (body.length < 2 || !digest(identity, body).equals(bytes.subarray(0, HEADER_BYTES - 1))) return null;
    return { code: bytes.subarray(HEADER_BYTES), starts: body[0] ?? 0 };
  } catch {
    return null;
  }
}

function writeKept(file: string, identity: string, code: Buffer, starts: number): void {
  const temporary = `${file}.${process.pid}`;
  try {
    const body = Buffer.concat([Buffer.from([starts]), code]);
    writeFileSync(temporary, Buffer.concat([digest(identity, body), body]), { mode: 0o600 });
    renameSync(temporary, file);
    removeOldest(dirname(file));
  } catch {
    // A full disk, a folder that went: the next start compiles anew.
    remove(temporary);
  }
}

/** Other commands, other versions of celline and of Node: 1 MB each. */
function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= MOST_FILES) return;
  const byAge = files.map((path) => ({ path, mtimeMs: statSync(path).mtimeMs })).sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { path } of byAge.slice(MOST_FILES)) remove(path);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing more can be done.
  }
}
