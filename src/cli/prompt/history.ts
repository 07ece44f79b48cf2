import { appendFile, chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../disk/make-folders.ts';

/** Entries that are offered again. */
export const MAX_ENTRIES = 1000;

/** Statements of earlier sessions, in a file of the user's own. */
export interface History {
  /** Newest first. */
  readonly entries: readonly string[];
  /** Adds an entry; one that repeats the last is passed by. Never fails: the prompt works without a history. */
  add(entry: string): Promise<void>;
}

/** `$XDG_STATE_HOME/celline/query-history`, by default below `~/.local/state`. */
export function historyPath(env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  return join(state, 'celline', 'query-history');
}

/** Reads the history; a file that has grown to twice its size is cut. Statements may hold what others should not read: mode 600. */
export async function openHistory(path: string): Promise<History> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const kept = lines.slice(-MAX_ENTRIES);
  if (lines.length > 0) await keepPrivate(path, lines.length > 2 * MAX_ENTRIES ? kept : null).catch(() => undefined);
  const entries = kept.reverse();
  return {
    entries,
    async add(entry) {
      if (entry === '' || entry === entries[0]) return;
      entries.unshift(entry);
      entries.length = Math.min(entries.length, MAX_ENTRIES);
      await append(path, entry).catch(() => undefined);
    },
  };
}

/** One write per entry: prompts that are open side by side keep each other's. */
async function append(path: string, entry: string): Promise<void> {
  await makeFolders(dirname(path), 0o700);
  await appendFile(path, `${entry}\n`, { mode: 0o600 });
}

async function keepPrivate(path: string, lines: readonly string[] | null): Promise<void> {
  await chmod(path, 0o600);
  if (lines === null) return;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${lines.join('\n')}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
