import { dirname, relative, resolve } from 'node:path';
import { printable } from '../../../formats/printable.ts';
import type { Backups } from '../../../ports/store-care.ts';
import type { Project } from '../../../project/project.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { checkCanAsk, isAffirmed } from '../../confirm.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printBeforeAfter } from '../../print-before-after.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db restore` was asked. */
export interface RestoreOptions {
  /** Name of a backup, as `celline db backups` lists it, or the path of one. */
  readonly name: string;
  readonly all: boolean;
  readonly force: boolean;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): RestoreOptions {
  const [all, force, isSure] = [isSet(flags, 'all'), isSet(flags, 'force'), isSet(flags, 'yes')];
  return { name: args[0] ?? '', all, force, isSure };
}

/** Restores and prints the rows before and after of every table that differs. */
export async function run({ name, all, force, isSure }: RestoreOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { backups } = await project.care();
  const wanted = /[\\/]/.test(name) || name === '.' ? resolve(app.cwd, name) : name;
  if (!isSure && !(await isConfirmed(backups, wanted, app))) {
    await app.say('Nothing was changed.');
    return EXIT.failed;
  }
  const { tables, notes, kept, sequence } = await backups.restore(wanted, { all, force });
  await printBeforeAfter(app, tables);
  for (const note of notes) await app.say(printable(note));
  if (Object.keys(tables).length === 0) await app.say('The tables are those of the backup already.');
  else await app.say(`${sequence} shows the tables of ${printable(name)}.`);
  if (kept !== null) await app.say(`What was there before: ${printable(relative(app.cwd, kept))}`);
  await sayWhatIsBehind(project, app);
  return EXIT.ok;
}

async function isConfirmed(backups: Backups, wanted: string, app: App): Promise<boolean> {
  checkCanAsk('restore', app);
  const list = await backups.list(wanted.includes('/') ? { from: dirname(wanted) } : {});
  const found = list.find(({ name, path }) => name === wanted || path === wanted);
  // One that is not there, or no backup, is told before anything is asked.
  if (found === undefined) await backups.verify(wanted);
  const what = found === undefined ? '' : ` (${found.at.slice(0, 16)}Z, ${found.reason}, ${plural(found.rows, 'row')})`;
  await app.say('The present tables are kept as a backup first.');
  return isAffirmed(`Restore ${printable(wanted)}${what}?`, app);
}

async function sayWhatIsBehind(project: Project, app: App): Promise<void> {
  const behind = (await project.store.plainTables()).filter((table) => table.behind > 0);
  if (behind.length > 0) await app.say(`${plural(behind.length, 'plain table')} to be written: celline db checkpoint`);
}
