import type { PrintColumn, PrintRow } from '../formats/cell.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { OpenProjectSettings } from '../project/open-project-settings.ts';
import type { AddOptions, Project } from '../project/project.ts';
import { GOOD_OUTCOMES, OUTCOMES, type OutcomeName } from '../records/asked.ts';
import type { App } from './app-type.ts';
import type { CommandInput } from './command-type.ts';
import { EXIT, exitCodeOfOutcomes } from './exit-code.ts';
import { isSet, optionalNumber, optionalText } from './flag-values.ts';
import { printPlan } from './print-plan.ts';
import { printRows } from './print-rows.ts';
import { startProgress } from './progress.ts';
import type { Paint } from './render/paint.ts';
import { createTally, summaryLines } from './summary.ts';
import { tameMemory } from './tame-memory.ts';
import { watchJob } from './watch-job.ts';

/** How `add` and `refresh` ask. */
export interface AskingOptions {
  readonly add: AddOptions;
  /** Overrides of the configuration. */
  readonly overrides: OpenProjectSettings['flags'];
  readonly isDryRun: boolean;
}

/** The flags that `add` and `refresh` share, as options. */
export function askingOptions({ flags }: CommandInput): AskingOptions {
  const concurrency = optionalNumber(flags, 'concurrency', { least: 1, isWhole: true });
  return {
    add: {
      ...(isSet(flags, 'force') ? { force: true } : {}),
      ...(isSet(flags, 'full') ? { full: true } : {}),
      ...(isSet(flags, 'largeRange') ? { largeRange: true } : {}),
      ...(isSet(flags, 'atomic') ? { atomic: true } : {}),
      ...optionalText(flags, 'handler'),
      ...concurrency,
    },
    overrides: { ...concurrency, ...optionalNumber(flags, 'ttl', { least: 0, isWhole: false }) },
    isDryRun: isSet(flags, 'dryRun'),
  };
}

const COLUMNS: readonly PrintColumn[] = [
  { name: 'id' },
  { name: 'outcome', reserve: Math.max(...OUTCOMES.map((outcome) => outcome.length)) },
  { name: 'key' },
  { name: 'runs', numeric: true },
  { name: 'files', numeric: true },
  { name: 'reason' },
];

/** Asks for the ids, prints one row per id as soon as it is answered, then what it amounts to. Gives the exit code. */
export async function answerIds(
  ids: readonly string[],
  { add, isDryRun }: AskingOptions,
  project: Project,
  app: App,
): Promise<number> {
  const options = { ...add, signal: app.signal };
  if (isDryRun) return printPlan(await project.plan(ids, options), app);
  tameMemory();
  const tally = createTally();
  const job = watchJob(app);
  const progress = await startProgress(ids.length, app);
  try {
    const colour = (column: string, row: PrintRow) =>
      column === 'outcome' ? outcomePaint(row.outcome, app.stdout.paint) : undefined;
    // After a stop a person wants their prompt back, not a row for each id that was not reached; a pipe gets them all.
    const isShown = ({ outcome }: OutcomeRow) => !(app.stdout.isTerminal && outcome === 'not_tried');
    await printRows(app, { columns: COLUMNS, colour }, rowsOf(project.add(ids, options), tally.count, isShown));
  } finally {
    progress.stop();
    job.stop();
  }
  const behind = app.signal.aborted ? [] : (await project.store.plainTables()).filter((table) => table.behind > 0);
  const wasStopped = app.signal.aborted;
  const outcomes = tally.outcomes();
  const isRolledBack = add.atomic === true && !outcomes.every((outcome) => GOOD_OUTCOMES.has(outcome));
  const end = { tally, behind, wasStopped, asksForAll: add.force === true, isRolledBack, job: job.number() };
  for (const line of summaryLines(end, app.stderr)) await app.say(line);
  return isRolledBack ? exitCodeOfRollback(outcomes) : exitCodeOfOutcomes(outcomes);
}

/** After a rollback not even a part is there. */
function exitCodeOfRollback(outcomes: readonly OutcomeName[]): number {
  return outcomes.includes('partial') ? EXIT.failed : exitCodeOfOutcomes(outcomes);
}

async function* rowsOf(
  answers: AsyncIterable<OutcomeRow>,
  count: (row: OutcomeRow) => void,
  isShown: (row: OutcomeRow) => boolean,
): AsyncIterable<readonly PrintRow[]> {
  for await (const { id, outcome, key, runs, files, reason } of answers) {
    const row = { id, outcome, key, runs, files, reason };
    count(row);
    if (isShown(row)) yield [row];
  }
}

/** Green for what is there, yellow for what could be had later or in part, red for the rest. */
function outcomePaint(outcome: unknown, paint: Paint): ((text: string) => string) | undefined {
  const index = OUTCOMES.indexOf(outcome as OutcomeName);
  if (index < 0) return undefined;
  if (index <= OUTCOMES.indexOf('replaced')) return paint.good;
  const isMild = outcome === 'partial' || outcome === 'not_tried' || outcome === 'controlled' || outcome === 'private';
  return isMild ? paint.warning : paint.bad;
}
