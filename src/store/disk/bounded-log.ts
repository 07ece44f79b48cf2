import { appendFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, readTextIfThere, replaceText } from './disk.ts';

/** Bytes at which the older half of a log goes. */
const MAX_BYTES = 262_144;

/** Lines of text in one file of bounded size. */
export interface BoundedLog {
  /** Adds a line. Never fails: a log that cannot be written takes nothing from the command. */
  add(line: string): Promise<void>;
  /** All that are kept, oldest first; one may be cut. */
  lines(): Promise<readonly string[]>;
}

/** The log at a path; its folder is made when the first line comes. */
export function createBoundedLog(path: string, randomId: () => string): BoundedLog {
  const add = async (line: string): Promise<void> => {
    await makeFolder(dirname(path));
    // One write per line: lines of several processes do not run into each other.
    await appendFile(path, `${line}\n`, { mode: 0o600 });
    if ((await stat(path)).size <= MAX_BYTES) return;
    const lines = (await readTextIfThere(path))?.split('\n') ?? [];
    await replaceText(path, lines.slice(Math.floor(lines.length / 2)).join('\n'), randomId());
  };
  return {
    add: (line) => add(line).catch(() => undefined),
    lines: async () => (await readTextIfThere(path))?.split('\n') ?? [],
  };
}
