import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Compiled modules that are kept, of some kB each; from here on the oldest go, down to four fifths. One that is needed again is compiled again. */
const MOST_FILES = 500;

/** Keeps the folder of compiled modules from growing with every project that was ever opened. Never fails. */
export async function pruneCompiled(folder: string, most = MOST_FILES): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length <= most) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 };
    }),
  );
  const oldest = files.toSorted((left, right) => left.at - right.at).slice(0, files.length - Math.floor(most * 0.8));
  // Another process may have taken it away, or hold it open.
  for (const { path } of oldest) await rm(path, { force: true }).catch(() => undefined);
}
