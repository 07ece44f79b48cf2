import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import { readIdList } from '../id/id-list.ts';
import type { App } from './app-type.ts';
import type { CommandInput } from './command-type.ts';
import { optionalText } from './flag-values.ts';

/** Where a command's ids come from. */
export interface IdSources {
  /** As given; `-` stands for stdin. */
  readonly ids: readonly string[];
  /** File with ids. */
  readonly from?: string;
  /** Column of a csv or tsv that holds them. */
  readonly column?: string;
}

/** The sources of ids that a command line names. */
export function idSources({ args, flags }: CommandInput): IdSources {
  return { ids: args, ...optionalText(flags, 'from'), ...optionalText(flags, 'column') };
}

/** True when the command line names no ids at all. */
export function hasNoIds(sources: IdSources): boolean {
  return sources.ids.length === 0 && sources.from === undefined;
}

/** The ids, in the order given: arguments (`-` replaced by stdin), then the file. */
export async function readIds(sources: IdSources, app: App): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const id of sources.ids) {
    if (id === '-') for (const read of listed(await app.readStdin(), sources)) ids.push(read);
    else ids.push(id);
  }
  if (sources.from !== undefined) {
    for (const read of listed(await readListText(sources.from, app), sources)) ids.push(read);
  }
  return ids;
}

/** The text of a list file; `-` is stdin. */
export async function readListText(from: string, app: App): Promise<string> {
  return from === '-' ? app.readStdin() : readText(resolve(app.cwd, from));
}

function listed(text: string, { column }: IdSources): readonly string[] {
  return readIdList(text, column === undefined ? {} : { column }).given;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`The id list ${path} cannot be read.`, { hint: 'Check the path given with --from.', cause });
  }
}
