import type { PrintRow } from '../../../formats/cell.ts';
import type { Finding, Integrity, Repaired } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db check` was asked. */
export interface CheckCommandOptions {
  readonly repairs: boolean;
  /** Print every finding. */
  readonly all: boolean;
}

/** Findings of one check that are printed without `--all`. */
const MOST_SHOWN = 100;

const COLUMNS = ['check', 'severity', 'table', 'row', 'column', 'detail', 'repair'].map((name) => ({ name }));

/** Flags to options. */
export function parse({ flags }: CommandInput): CheckCommandOptions {
  return { repairs: isSet(flags, 'repair'), all: isSet(flags, 'all') };
}

/** Prints one row per finding, and with `--repair` what was done about it. */
export async function run(options: CheckCommandOptions, app: App): Promise<number> {
  const { integrity } = await (await app.openProject()).care();
  const count = createCount(options.all ? Number.POSITIVE_INFINITY : MOST_SHOWN);
  if (options.repairs) return repair(integrity, count, app);
  await print(app, shownFindings(integrity, count));
  await count.sayHidden(app);
  const { errors, warnings, mendable } = count;
  if (errors + warnings === 0) await app.say('Nothing is wrong.');
  else await app.say(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`);
  if (mendable > 0) await app.say(`${plural(mendable, 'finding')} can be mended: celline db check --repair`);
  return errors === 0 ? EXIT.ok : EXIT.store;
}

/** Mends, and looks again: only what a second look does not find any more is called mended. */
async function repair(integrity: Integrity, count: Count, app: App): Promise<number> {
  const found: Finding[] = [];
  for await (const finding of shownFindings(integrity, count)) found.push(finding);
  if (found.length === 0) {
    await print(app, []);
    await app.say('Nothing is wrong.');
    return EXIT.ok;
  }
  const done = await integrity.repair(found);
  await print(app, done.map(withWhatWasDone));
  await count.sayHidden(app);
  const left = createCount(0);
  for await (const _ of shownFindings(integrity, left));
  const gone = count.errors + count.warnings - left.errors - left.warnings;
  await app.say(
    `${plural(Math.max(0, gone), 'finding')} mended; left: ${plural(left.errors, 'error')}, ${plural(left.warnings, 'warning')}.`,
  );
  if (done.some(isInRows))
    await app.say('To undo it: celline db log, then celline db rollback with the number before the repair.');
  return left.errors === 0 ? EXIT.ok : EXIT.store;
}

/** What is done to files makes no commit, and cannot be undone by going back. */
function isInRows({ finding, done }: Repaired): boolean {
  return done === finding.repair && !/^(segment|plain_table|manifest|format)_/.test(finding.check);
}

/** The finding with what was done where it said what could be. */
function withWhatWasDone({ finding, done }: Repaired): Finding {
  return { ...finding, repair: done };
}

/** How many findings of each kind there were; holds numbers only. */
interface Count {
  errors: number;
  warnings: number;
  mendable: number;
  /** Notes a finding; true when it is to be shown. */
  add(finding: Finding): boolean;
  /** Says how many were not shown, by check. */
  sayHidden(app: App): Promise<void>;
}

function createCount(most: number): Count {
  const byCheck = new Map<string, number>();
  return {
    errors: 0,
    warnings: 0,
    mendable: 0,
    add({ check, severity, repair: mend }) {
      const number = (byCheck.get(check) ?? 0) + 1;
      byCheck.set(check, number);
      if (severity === 'error') this.errors += 1;
      else this.warnings += 1;
      if (mend !== null) this.mendable += 1;
      // Files are mended one by one, rows by their check: every file is needed, and there are few.
      return number <= most || /^(segment|plain_table)_/.test(check);
    },
    async sayHidden(app) {
      for (const [check, number] of byCheck) {
        if (number > most && !/^(segment|plain_table)_/.test(check)) {
          await app.say(`${check}: ${number - most} more (--all shows them).`);
        }
      }
    },
  };
}

async function* shownFindings(integrity: Integrity, count: Count): AsyncGenerator<Finding> {
  for await (const finding of integrity.check()) if (count.add(finding)) yield finding;
}

async function print(app: App, findings: AsyncIterable<Finding> | Iterable<Finding>): Promise<void> {
  const colour = (column: string, row: PrintRow) =>
    column !== 'severity' ? undefined : row.severity === 'error' ? app.stdout.paint.bad : app.stdout.paint.warning;
  await printRows(app, { columns: COLUMNS, colour }, batchesOf(findings));
}

async function* batchesOf(findings: AsyncIterable<Finding> | Iterable<Finding>): AsyncIterable<readonly PrintRow[]> {
  for await (const { check, severity, table, row, column, detail, repair: mend } of findings) {
    yield [{ check, severity, table, row, column, detail, repair: mend }];
  }
}
