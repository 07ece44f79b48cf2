import { printable } from '../../formats/printable.ts';
import type { Project, RemoveOptions } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { checkCanAsk, isAffirmed } from '../confirm.ts';
import { EXIT, exitCodeOfFound } from '../exit-code.ts';
import { isSet } from '../flag-values.ts';
import { printRows } from '../print-rows.ts';
import { type IdSources, idSources, readIds } from '../read-ids.ts';
import { plural } from '../render/plural.ts';

/** What `celline rm` was asked. */
export interface RmOptions {
  readonly sources: IdSources;
  /** As the project takes them; only what was given. */
  readonly removal: RemoveOptions;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse(input: CommandInput): RmOptions {
  const { flags } = input;
  const given = ['cascade', 'atomic', 'keepNotes', 'dryRun'].filter((name) => isSet(flags, name));
  const removal = Object.fromEntries(given.map((name) => [name, true]));
  return { sources: idSources(input), removal: { cascade: false, ...removal }, isSure: isSet(flags, 'yes') };
}

/** Removes the records and prints how many rows of each table went. */
export async function run({ sources, removal, isSure }: RmOptions, app: App): Promise<number> {
  const names = [...new Set(await readIds(sources, app))];
  if (names.length === 0) return EXIT.ok;
  if (!isSure && removal.dryRun !== true) {
    checkCanAsk('rm', app);
    if (!(await isConfirmed(names, removal, await app.openProject(), app))) {
      await app.say('Nothing was removed.');
      return EXIT.failed;
    }
  }
  const project = await app.openProject();
  const { removed, unknown, notesKept } = await project.remove(names, removal);
  const rows = Object.entries(removed).map(([table, count]) => ({ table, removed: count }));
  await printRows(app, { columns: [{ name: 'table' }, { name: 'removed', numeric: true }] }, [rows]);
  for (const name of unknown) await app.say(`Not stored: ${printable(name)}`);
  if (removal.atomic === true && unknown.length > 0) {
    await app.say('Nothing was removed (--atomic).');
    return EXIT.failed;
  }
  if (notesKept > 0) await app.say(`${plural(notesKept, 'note')} kept: there again when the records are added again.`);
  if (removal.dryRun === true) await app.say('Nothing was removed (--dry-run).');
  return exitCodeOfFound(names.length - unknown.length, unknown.length);
}

/** Asks with what would go; what cannot be removed like this is said before. Nothing to remove is no question. */
async function isConfirmed(
  names: readonly string[],
  removal: RemoveOptions,
  project: Project,
  app: App,
): Promise<boolean> {
  const { removed, unknown } = await project.remove(names, { ...removal, dryRun: true });
  const rows = Object.entries(removed).map(([table, count]) => plural(count, NOUNS[table] ?? `${table} row`));
  if (rows.length === 0 || (removal.atomic === true && unknown.length > 0)) return true;
  const what = names.length <= 3 ? names.map(printable).join(', ') : plural(names.length - unknown.length, 'record');
  return isAffirmed(`Remove ${what} (${rows.join(', ')})?`, app);
}

/** What a row of a table is called. */
const NOUNS: Readonly<Record<string, string>> = {
  projects: 'project',
  samples: 'sample',
  runs: 'run',
  files: 'file',
  links: 'link',
  annotations: 'note',
};
