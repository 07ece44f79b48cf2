import { jsonText, type PrintRow } from '../formats/cell.ts';
import { printable } from '../formats/printable.ts';
import type { AddPlan } from '../project/project.ts';
import type { App } from './app-type.ts';
import { EXIT } from './exit-code.ts';
import { outputFormat } from './output-format.ts';
import { printRows, printText } from './print-rows.ts';
import { duration, plural } from './render/plural.ts';

/** Prints what `add` would do: one row per handler and kind of request; the rest is talk. JSON is the whole plan. */
export async function printPlan(plan: AddPlan, app: App): Promise<number> {
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'json') {
    await printText(app, `${jsonText(plan, 2)}\n`);
    return EXIT.ok;
  }
  const columns = [
    { name: 'handler' },
    { name: 'ids', numeric: true },
    { name: 'operator' },
    { name: 'requests', numeric: true },
    { name: 'up_to', numeric: true },
    { name: 'what' },
  ];
  await printRows(app, { columns }, [planRows(plan)]);
  for (const { id, outcome, reason } of plan.refused) {
    await app.say(`  ${outcome}: ${printable(id)}${reason === null ? '' : ` (${printable(reason)})`}`);
  }
  if (plan.fresh > 0) await app.say(`${plural(plan.fresh, 'id')} fresh: no request (--force asks again).`);
  if (plan.duplicates > 0) await app.say(`${plural(plan.duplicates, 'duplicate')}.`);
  const planned = plan.handlers.flatMap((handler) => handler.requests);
  const requests = planned.reduce((sum, one) => sum + one.requests, 0);
  const more = planned.reduce((sum, one) => sum + (one.upTo ?? 0), 0);
  await app.say(`${plural(requests, 'request')}, about ${duration(plan.seconds)} at the limits of the archives.`);
  if (more > 0) {
    await app.say(
      `+ up to ${plural(more, 'request')} for ids that an archive does not have: about ${duration(plan.secondsUpTo)} in all.`,
    );
  }
  return EXIT.ok;
}

function planRows({ handlers }: AddPlan): PrintRow[] {
  return handlers.flatMap(({ handler, ids, requests }): PrintRow[] =>
    requests.length === 0
      ? [{ handler, ids, operator: null, requests: null, up_to: null, what: null }]
      : requests.map(({ operator, requests: count, upTo, what }) => ({
          handler,
          ids,
          operator,
          requests: count,
          up_to: upTo ?? null,
          what,
        })),
  );
}
