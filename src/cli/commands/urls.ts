import { UsageError } from '../../errors/usage-error.ts';
import type { PrintRow } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { Condition } from '../../ports/store.ts';
import type { Project } from '../../project/project.ts';
import type { FileRow } from '../../records/file.ts';
import type { App } from '../app-type.ts';
import { checkAddresses } from '../check-addresses.ts';
import type { CommandInput } from '../command-type.ts';
import { type DownloadTool, downloadList, planDownloads } from '../download-list.ts';
import { EXIT, exitCodeOfFound } from '../exit-code.ts';
import { isSet, optionalText } from '../flag-values.ts';
import { printRows, printText } from '../print-rows.ts';
import { hasNoIds, type IdSources, idSources, readIds } from '../read-ids.ts';
import { plural } from '../render/plural.ts';
import { sayNotStored } from '../say-not-stored.ts';

/** What `celline urls` was asked. */
export interface UrlsOptions {
  readonly sources: IdSources;
  readonly tool?: DownloadTool;
  /** Every file of every origin, with every mirror. */
  readonly isAll: boolean;
  /** Ask the hosts, in place of printing alone. */
  readonly isCheck: boolean;
  readonly where: readonly Condition[];
}

/** Flags to options. */
export function parse(input: CommandInput): UrlsOptions {
  const { flags } = input;
  const sources = idSources(input);
  if (hasNoIds(sources)) {
    throw new UsageError('No ids were given.', {
      hint: 'celline urls GSM5764259, or celline list --ids-only | celline urls -',
    });
  }
  const { role, origin, tool } = {
    ...optionalText(flags, 'role'),
    ...optionalText(flags, 'origin'),
    ...optionalText(flags, 'tool'),
  };
  const isCheck = isSet(flags, 'check');
  if (isCheck && tool !== undefined) {
    throw new UsageError('--check and --tool exclude each other.', {
      hint: 'Check first, then write the list: celline urls GSM5764259 --check && celline urls GSM5764259 --tool aria2c',
    });
  }
  const where: Condition[] = [];
  if (role !== undefined) where.push({ column: 'role', operator: '=', value: spelled(role) });
  if (origin !== undefined) where.push({ column: 'origin', operator: '=', value: origin });
  return {
    sources,
    ...(tool === undefined ? {} : { tool: tool as DownloadTool }),
    // An origin that is not the best one of a record is only found among all.
    isAll: isSet(flags, 'all') || origin !== undefined,
    isCheck,
    where,
  };
}

/** Prints addresses, a download list, one row per file, or what hosts say of addresses. That a record has none is told, and no failure. */
export async function run(options: UrlsOptions, app: App): Promise<number> {
  const ids = await readIds(options.sources, app);
  const project = await app.openProject();
  const { files, unknown } = await project.files(ids, { all: options.isAll, where: options.where });
  const mirrors = options.isAll;
  const code = options.isCheck ? await checkAddresses(files, { mirrors }, project, app) : EXIT.ok;
  if (!options.isCheck) await printFiles(files, options, app);
  await sayNotStored(unknown, app);
  const closed = files.filter((file) => file.urls.length === 0);
  if (closed.length > 0) {
    await app.say(
      `${plural(closed.length, 'file')} without an open address: ${closed.slice(0, 3).map(closedFile).join(', ')}`,
    );
  }
  const hasUrls = files.length > closed.length;
  if (!hasUrls && unknown.length < ids.length) {
    await app.say(options.where.length === 0 ? 'No addresses are stored.' : await noMatch(ids, project));
  }
  return code === EXIT.ok ? exitCodeOfFound(ids.length - unknown.length, unknown.length) : code;
}

/** A role as the tables spell it: reads in capitals, all else small. */
function spelled(role: string): string {
  return /^[ri]\d$/i.test(role) ? role.toUpperCase() : role.toLowerCase();
}

/** What can be asked for instead. */
async function noMatch(ids: readonly string[], project: Project): Promise<string> {
  const { files } = await project.files(ids, { all: true });
  const kinds = files.map(({ role, origin }) => printable(`${role ?? 'no role'} (${origin})`));
  return `No addresses match${kinds.length === 0 ? '.' : `; there are ${[...new Set(kinds)].toSorted().join(', ')}.`}`;
}

async function printFiles(files: readonly FileRow[], options: UrlsOptions, app: App): Promise<void> {
  if (options.tool !== undefined) {
    await printText(app, downloadList(options.tool, planDownloads(files)));
    return;
  }
  if (app.globals.format === undefined) {
    const urls = files.flatMap((file) => (options.isAll ? file.urls : file.urls.slice(0, 1)));
    await printText(app, urls.map((url) => `${url}\n`).join(''));
    return;
  }
  const columns = [
    { name: 'parent' },
    { name: 'name' },
    { name: 'role' },
    { name: 'format' },
    { name: 'origin' },
    { name: 'urls' },
    { name: 'md5' },
    { name: 'bytes', numeric: true },
    { name: 'access' },
  ];
  await printRows(app, { columns }, [files as unknown as readonly PrintRow[]]);
}

function closedFile({ parent, name, access }: FileRow): string {
  return printable(`${parent}/${name}${access === null || access === 'public' ? '' : ` (${access})`}`);
}
