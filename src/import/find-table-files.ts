import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import { diskError } from '../store/disk/disk.ts';
import { TABLE_SUFFIXES } from './open-table-file.ts';
import { STDIN } from './spool-pipe.ts';

/** Records before those that hang on them, by what a file's name says of its table. */
const ORDER: readonly RegExp[] = [/(GSE|PROJECTS)\./i, /(GSM|SAMPLES)\./i, /(SRR|RUNS)\./i, /FILES\./i, /LINKS\./i];

/** Jobs are the history of the project that they ran in, and no records. */
const JOBS = /(?:^|[^a-z])(?:jobs|job_files)\./i;

/** The files that some paths mean: a folder stands for the tables in it, projects first; hidden files and jobs are passed over; `-` stays. */
export async function findTableFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (path === STDIN) {
      found.push(path);
      continue;
    }
    const state = await stat(path).catch((cause: unknown) => {
      throw new UsageError(`${path} does not exist or cannot be read.`, { hint: 'Check the path.', cause });
    });
    if (!state.isDirectory()) found.push(path);
    else found.push(...(await filesOf(path)));
  }
  return [...new Set(found)];
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw diskError(error, 'list', folder);
  });
  const files = names
    .filter((name) => !name.startsWith('.') && TABLE_SUFFIXES.some((suffix) => name.toLowerCase().endsWith(suffix)))
    .filter((name) => !JOBS.test(name))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (files.length > 0) return files.map((name) => join(folder, name));
  throw new UsageError(`There is no table in ${folder}.`, {
    hint: `Tables are files that end in ${TABLE_SUFFIXES.join(', ')}; name a file of another name itself.`,
    fields: { path: folder },
  });
}

function rank(name: string): number {
  const index = ORDER.findIndex((pattern) => pattern.test(name));
  return index === -1 ? ORDER.length : index;
}
