import { UsageError } from '../../../errors/usage-error.ts';
import type { History, RollbackReport } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { checkCanAsk, isAffirmed } from '../../confirm.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printBeforeAfter } from '../../print-before-after.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db rollback` was asked. */
export interface RollbackOptions {
  /** Number of the manifest, as `celline db log` lists it. */
  readonly to: number;
  readonly all: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): RollbackOptions {
  const text = args[0] ?? '';
  const to = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(to)) {
    throw new UsageError(`'${text}' is no number of the history.`, { hint: 'celline db log lists them.' });
  }
  const [all, force, dryRun] = [isSet(flags, 'all'), isSet(flags, 'force'), isSet(flags, 'dryRun')];
  return { to, all, force, dryRun, isSure: isSet(flags, 'yes') };
}

/** Goes back and prints the rows before and after of every table that differs. */
export async function run(options: RollbackOptions, app: App): Promise<number> {
  const { to, all, force } = options;
  const project = await app.openProject();
  const { history } = await project.care();
  if (!options.dryRun && !options.isSure && !(await isConfirmed(history, options, app))) {
    await app.say('Nothing was changed.');
    return EXIT.failed;
  }
  const report = await history.rollback(to, { all, force, dryRun: options.dryRun });
  await printBeforeAfter(app, report.tables);
  await app.say(saying(report, options));
  return EXIT.ok;
}

function saying({ to, sequence, tables }: RollbackReport, { dryRun, all }: RollbackOptions): string {
  if (Object.keys(tables).length === 0) return `The tables are those of ${to} already.`;
  if (dryRun) {
    return `This is what going back from ${sequence} to ${to} would change. Row by row: celline diff --from ${sequence} --to ${to}`;
  }
  return `${sequence} shows the tables of ${to}. To undo it: celline db rollback ${sequence - 1}${all ? ' --all' : ''}`;
}

async function isConfirmed(history: History, { to, all, force }: RollbackOptions, app: App): Promise<boolean> {
  checkCanAsk('rollback', app);
  const { tables } = await history.rollback(to, { all, force, dryRun: true });
  const changes = Object.entries(tables).map(([table, rows]) => `${table} ${rows.before} → ${rows.after}`);
  if (changes.length === 0) return true;
  await app.say(`Going back to ${to} changes ${plural(changes.length, 'table')}: ${changes.join(', ')}.`);
  return isAffirmed('Go back?', app);
}
