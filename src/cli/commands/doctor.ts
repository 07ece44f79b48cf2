import type { PrintRow } from '../../formats/cell.ts';
import { printable } from '../../formats/printable.ts';
import type { Check } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import { EXIT } from '../exit-code.ts';
import { outputFormat } from '../output-format.ts';
import { printRows } from '../print-rows.ts';
import type { Paint } from '../render/paint.ts';
import { plural } from '../render/plural.ts';

/** `celline doctor` takes no options of its own. */
export type DoctorOptions = Readonly<Record<string, never>>;

/** Flags to options. */
export function parse(): DoctorOptions {
  return {};
}

/** Prints one row per check; an error among them is exit 1, a warning is not. */
export async function run(_options: DoctorOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const done: Check[] = [];
  const columns = [{ name: 'check' }, { name: 'state' }, { name: 'detail' }, { name: 'hint' }];
  const colour = (column: string, row: PrintRow) =>
    column === 'state' ? STATE_PAINT[row.state as Check['state']](app.stdout.paint) : undefined;
  const checks = project.doctor({ offline: app.globals.offline, signal: app.signal });
  await printRows(app, { columns, tableColumns: columns.slice(0, 3), colour }, checkRows(checks, done));
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'table') await sayTroubles(done, app);
  const errors = done.filter(({ state }) => state === 'error').length;
  const warnings = done.filter(({ state }) => state === 'warning').length;
  await app.say(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(done.length, 'check')}.`);
  return errors === 0 ? EXIT.ok : EXIT.failed;
}

const STATE_PAINT: Readonly<Record<Check['state'], (paint: Paint) => (text: string) => string>> = {
  ok: (paint) => paint.good,
  warning: (paint) => paint.warning,
  error: (paint) => paint.bad,
  skipped: (paint) => paint.faint,
};

/** A table has no room for a whole reason: what is wrong is said once more below it, with what to do. */
async function sayTroubles(done: readonly Check[], app: App): Promise<void> {
  for (const { name, state, detail, hint } of done) {
    if (state !== 'error' && state !== 'warning') continue;
    await app.say(`${state}: ${printable(name)}: ${printable(detail)}${hint === null ? '' : ` (${printable(hint)})`}`);
  }
}

async function* checkRows(checks: AsyncIterable<Check>, done: Check[]): AsyncIterable<readonly PrintRow[]> {
  for await (const check of checks) {
    const { name, state, detail, hint } = check;
    done.push(check);
    yield [{ check: name, state, detail, hint }];
  }
}
