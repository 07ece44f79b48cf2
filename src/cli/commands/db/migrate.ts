import { relative } from 'node:path';
import { UsageError } from '../../../errors/usage-error.ts';
import type { MigrationReport, Migrations } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { checkCanAsk, isAffirmed } from '../../confirm.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalText } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db migrate` was asked. */
export interface MigrateOptions {
  /** Version; absent: the newest. */
  readonly to?: number;
  readonly dryRun: boolean;
  readonly draft: boolean;
  /** Do not ask. */
  readonly isSure: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): MigrateOptions {
  const { to } = optionalText(flags, 'to');
  const [dryRun, draft, isSure] = [isSet(flags, 'dryRun'), isSet(flags, 'draft'), isSet(flags, 'yes')];
  if (to === undefined) return { dryRun, draft, isSure };
  if (!/^[1-9]\d{0,8}$/.test(to))
    throw new UsageError(`'${to}' is no version.`, { hint: 'celline db status lists them.' });
  if (draft) throw new UsageError('--draft and --to do not go together.', { hint: 'First --draft, then migrate.' });
  return { to: Number(to), dryRun, draft, isSure };
}

/** Migrates and prints one row per migration that was run. */
export async function run(options: MigrateOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const { migrations } = await project.care();
  if (options.draft) return draft(migrations, app);
  const to = options.to === undefined ? {} : { to: options.to };
  const plan = await migrations.migrate({ ...to, dryRun: true });
  if (!options.dryRun && !options.isSure && mustAsk(plan) && !(await isConfirmed(plan, app))) {
    await app.say('Nothing was changed.');
    return EXIT.failed;
  }
  const report = options.dryRun ? plan : await migrations.migrate(to);
  const columns = [{ name: 'migration' }, { name: 'direction' }, { name: 'says' }];
  const rows = report.steps.map(({ name, direction, says }) => ({ migration: name, direction, says }));
  await printRows(app, { columns }, [rows]);
  await app.say(sayingOf(report, options));
  return EXIT.ok;
}

async function draft(migrations: Migrations, app: App): Promise<number> {
  const paths = (await migrations.draft()).map((path) => relative(app.cwd, path));
  await printRows(app, { columns: [{ name: 'path' }] }, [paths.map((path) => ({ path }))]);
  if (paths.length === 0) await app.say('No column of a plug-in needs a migration that is not drafted.');
  else await app.say(`Look at ${paths.length === 1 ? 'it' : 'them'}, then: celline db migrate`);
  return EXIT.ok;
}

/** Up to a version of celline nothing is lost; down, or by a migration of the project, something may be. */
function mustAsk({ steps }: MigrationReport): boolean {
  return steps.some(({ name, direction }) => direction === 'down' || !/^\d+$/.test(name));
}

async function isConfirmed({ steps }: MigrationReport, app: App): Promise<boolean> {
  checkCanAsk('migrate', app);
  for (const { name, direction, says } of steps) await app.say(`${name} ${direction}: ${says}`);
  return isAffirmed('A backup is taken first. Migrate?', app);
}

function sayingOf({ from, to, steps, rows, backup }: MigrationReport, { dryRun }: MigrateOptions): string {
  if (steps.length === 0) return `The tables are of version ${to} already.`;
  const count = Object.values(rows).reduce((sum, one) => sum + one, 0);
  const rewritten = count === 0 ? '' : `, ${plural(count, 'row')} rewritten`;
  if (dryRun) return `This is what going from version ${from} to ${to} would do${rewritten}.`;
  const undo = backup === null ? '' : ` To undo it: celline db restore ${backup}`;
  return `The tables are of version ${to}${rewritten}.${undo}`;
}
