import { UsageError } from '../../errors/usage-error.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT, exitCodeOfFound } from '../exit-code.ts';
import { isSet } from '../flag-values.ts';
import { printRows } from '../print-rows.ts';
import { type IdSources, idSources, readIds } from '../read-ids.ts';
import { plural } from '../render/plural.ts';
import { printable } from '../render/printable.ts';

/** What `celline rm` was asked. */
export interface RmOptions {
  readonly sources: IdSources;
  readonly cascade: boolean;
  /** Nothing goes when a name is unknown. */
  readonly atomic: boolean;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse(input: CommandInput): RmOptions {
  const { flags } = input;
  const [cascade, atomic] = [isSet(flags, 'cascade'), isSet(flags, 'atomic')];
  return { sources: idSources(input), cascade, atomic, isSure: isSet(flags, 'yes') };
}

/** Removes the records and prints how many rows of each table went. */
export async function run(options: RmOptions, app: App): Promise<number> {
  const names = [...new Set(await readIds(options.sources, app))];
  if (names.length === 0) return EXIT.ok;
  if (!options.isSure && !(await isConfirmed(names, options.cascade, app))) {
    await app.say('Nothing was removed.');
    return EXIT.failed;
  }
  const project = await app.openProject();
  const { cascade, atomic } = options;
  const { removed, unknown } = await project.remove(names, { cascade, ...(atomic ? { atomic } : {}) });
  const rows = Object.entries(removed).map(([table, count]) => ({ table, removed: count }));
  await printRows(app, { columns: [{ name: 'table' }, { name: 'removed', numeric: true }] }, [rows]);
  for (const name of unknown) await app.say(`Not stored: ${printable(name)}`);
  if (atomic && unknown.length > 0) {
    await app.say('Nothing was removed (--atomic).');
    return EXIT.failed;
  }
  return exitCodeOfFound(names.length - unknown.length, unknown.length);
}

async function isConfirmed(names: readonly string[], cascade: boolean, app: App): Promise<boolean> {
  if (!app.canAsk) throw new UsageError('rm cannot ask here whether you are sure.', { hint: 'Add --yes.' });
  const what = names.length <= 3 ? names.map(printable).join(', ') : plural(names.length, 'record');
  const answer = await app.ask(`Remove ${what}${cascade ? ' with their runs, files and links' : ''}? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
