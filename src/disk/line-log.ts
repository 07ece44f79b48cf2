import { randomUUID } from 'node:crypto';
import { appendFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { makeFolders } from './make-folders.ts';

/** Bytes from which on a file is moved aside and another one begun. */
const MAX_BYTES = 262_144;

/** Lines that any number of processes add to, the newest some hundred kilobytes of them. */
export interface LineLog {
  /** Adds a line, which has no end of line in it. False when it cannot be written; never fails. */
  add(line: string): Promise<boolean>;
  /** What is kept, oldest first; a line may be cut. None when nothing can be read. */
  lines(): Promise<string[]>;
}

/**
 * The log in the file `path`, whose folder is made with the first line, and in at most `keep` full files beside it. Lines are only
 * added, and whole files are moved or removed, so that no process loses what another one writes.
 */
export function createLineLog(path: string, keep: number): LineLog {
  return {
    add: async (line) => {
      try {
        await makeFolders(dirname(path));
        // One write per line: lines of several processes do not run into each other.
        await appendFile(path, `${line}\n`, { mode: 0o600 });
        if ((await stat(path)).size > MAX_BYTES) await beginAnother(path, keep);
        return true;
      } catch {
        return false;
      }
    },
    lines: async () => {
      const texts: string[] = [];
      for (const file of [...(await fullFiles(path)), path]) texts.push(await readFile(file, 'utf8').catch(() => ''));
      return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
    },
  };
}

/** The file gets a name of its own, so that lines under way to it are in it; the oldest go. */
async function beginAnother(path: string, keep: number): Promise<void> {
  const ending = extname(path);
  await rename(path, join(dirname(path), `${basename(path, ending)}.${randomUUID()}${ending}`));
  const full = await fullFiles(path);
  for (const file of full.slice(0, Math.max(0, full.length - keep))) await rm(file, { force: true });
}

/** The files that were moved aside, oldest first: nothing is added to them any more. */
async function fullFiles(path: string): Promise<string[]> {
  const ending = extname(path);
  const start = `${basename(path, ending)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  const full = names.filter((name) => name.startsWith(start) && name.endsWith(ending) && name !== basename(path));
  const dated = full.map(async (name) => {
    const file = join(dirname(path), name);
    return { file, at: (await stat(file).catch(() => null))?.mtimeMs ?? 0 };
  });
  return (await Promise.all(dated)).toSorted((one, other) => one.at - other.at).map(({ file }) => file);
}
