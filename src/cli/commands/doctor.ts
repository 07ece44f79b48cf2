import type { Check } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import { EXIT } from '../exit-code.ts';
import { printRows } from '../print-rows.ts';
import type { PrintRow } from '../render/cell.ts';
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
  const states: Check['state'][] = [];
  const columns = [{ name: 'check' }, { name: 'state' }, { name: 'detail' }, { name: 'hint' }];
  const colour = (column: string, row: PrintRow) =>
    column === 'state' ? STATE_PAINT[row.state as Check['state']](app.stdout.paint) : undefined;
  const checks = project.doctor({ offline: app.globals.offline, signal: app.signal });
  await printRows(app, { columns, colour }, checkRows(checks, states));
  const errors = states.filter((state) => state === 'error').length;
  const warnings = states.filter((state) => state === 'warning').length;
  await app.say(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(states.length, 'check')}.`);
  return errors === 0 ? EXIT.ok : EXIT.failed;
}

const STATE_PAINT: Readonly<Record<Check['state'], (paint: Paint) => (text: string) => string>> = {
  ok: (paint) => paint.good,
  warning: (paint) => paint.warning,
  error: (paint) => paint.bad,
  skipped: (paint) => paint.faint,
};

async function* checkRows(checks: AsyncIterable<Check>, states: Check['state'][]): AsyncIterable<readonly PrintRow[]> {
  for await (const { name, state, detail, hint } of checks) {
    states.push(state);
    yield [{ check: name, state, detail, hint }];
  }
}
