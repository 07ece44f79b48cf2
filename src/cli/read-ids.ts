import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import { readIdList } from '../id/id-list.ts';
import type { JobInput } from '../ports/jobs.ts';
import type { App } from './app-type.ts';
import type { CommandInput } from './command-type.ts';
import { optionalText } from './flag-values.ts';
import { listText } from './list-text.ts';

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

/**
 * The ids, in the order given: arguments (`-` replaced by stdin), then the file. `onFile` is told of each list that was read, for
 * the job.
 */
export async function readIds(
  sources: IdSources,
  app: App,
  onFile: (file: JobInput) => void = () => undefined,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const take = (path: string, text: string): void => {
    const read = listed(text, sources);
    for (const id of read) ids.push(id);
    onFile({ ...sumsOf(text), path, role: 'list', rows: read.length });
  };
  for (const id of sources.ids) {
    if (id !== '-') ids.push(id);
    else take('(stdin)', await app.readStdin());
  }
  if (sources.from !== undefined) {
    const path = sources.from === '-' ? '(stdin)' : resolve(app.cwd, sources.from);
    take(path, await readListText(sources.from, app));
  }
  return ids;
}

/** The text of a list file; `-` is stdin. */
export async function readListText(from: string, app: App): Promise<string> {
  return from === '-' ? app.readStdin() : readText(resolve(app.cwd, from));
}

/** Checksums of a list, as `md5sum` and `sha256sum` give them for a file in UTF-8. */
function sumsOf(text: string): Pick<JobInput, 'md5' | 'sha256' | 'bytes'> {
  const sum = (name: string): string => createHash(name).update(text).digest('hex');
  return { md5: sum('md5'), sha256: sum('sha256'), bytes: Buffer.byteLength(text) };
}

function listed(text: string, { column }: IdSources): readonly string[] {
  return readIdList(text, column === undefined ? {} : { column }).given;
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`The id list ${path} cannot be read.`, { hint: 'Check the path given with --from.', cause });
  });
  return listText(bytes, path);
}
