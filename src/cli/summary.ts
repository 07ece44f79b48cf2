import { printable } from '../formats/printable.ts';
import type { OutcomeRow } from '../ports/reporter.ts';
import type { PlainTable } from '../ports/store.ts';
import { GOOD_OUTCOMES, OUTCOMES, type OutcomeName } from '../records/asked.ts';
import type { Output } from './app-type.ts';
import { plural } from './render/plural.ts';

/** Lines on what failed at most; a longer list is for a program. */
const MAX_FAILURES = 10;
/** Ids named per line at most. */
const MAX_IDS = 3;

/** What the answers amount to. */
export interface Tally {
  /** Takes one answer in. */
  readonly count: (row: OutcomeRow) => void;
  /** The outcomes that occurred. */
  outcomes(): OutcomeName[];
  /** Number of answers with this outcome. */
  of(outcome: OutcomeName): number;
  /** Of all answers: those to an id that was given before. */
  duplicates(): number;
  /** What failed, by outcome and reason: the most frequent first. */
  failures(): readonly { readonly outcome: OutcomeName; readonly reason: string; readonly ids: readonly string[] }[];
}

/** An empty tally. */
export function createTally(): Tally {
  const counts = new Map<OutcomeName, number>();
  const failures = new Map<string, { outcome: OutcomeName; reason: string; ids: string[] }>();
  let duplicates = 0;
  return {
    count({ id, outcome, reason }) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (reason === 'duplicate') duplicates += 1;
      if (GOOD_OUTCOMES.has(outcome) || reason === 'duplicate') return;
      // The id inside a reason would make every reason its own group.
      const general = id === '' ? (reason ?? '') : (reason ?? '').replaceAll(id, '…');
      const group = failures.get(`${outcome} ${general}`);
      if (group === undefined) failures.set(`${outcome} ${general}`, { outcome, reason: reason ?? '', ids: [id] });
      else group.ids.push(id);
    },
    outcomes: () => [...counts.keys()],
    of: (outcome) => counts.get(outcome) ?? 0,
    duplicates: () => duplicates,
    failures: () => [...failures.values()].sort((a, b) => b.ids.length - a.ids.length),
  };
}

/** How a command that asked for ids ended. */
export interface EndOfAsking {
  readonly tally: Tally;
  readonly behind: readonly PlainTable[];
  readonly wasStopped: boolean;
  /** True: even what is stored was asked for (`--force`), and would be again. */
  readonly asksForAll: boolean;
  /** Number of the job; null: nothing was asked. */
  readonly job: string | null;
  /** `--atomic`, and an answer was not good. */
  readonly isRolledBack: boolean;
}

/** The last lines of `add` and `refresh`: counts, what failed and why, tables that are behind, the next command. Pure. */
export function summaryLines(end: EndOfAsking, { paint }: Pick<Output, 'paint'>): string[] {
  const { tally } = end;
  const counts = OUTCOMES.filter((outcome) => tally.of(outcome) > 0).map(
    (outcome) => `${tally.of(outcome).toLocaleString('en-US')} ${outcome}`,
  );
  const lines = [paint.strong(counts.length === 0 ? 'Nothing was answered.' : counts.join(', ') + given(tally))];
  const failures = tally.failures();
  for (const failure of failures.slice(0, MAX_FAILURES)) lines.push(`  ${failureLine(failure)}`);
  const unnamed = failures.slice(MAX_FAILURES).reduce((sum, { ids }) => sum + ids.length, 0);
  if (unnamed > 0) lines.push(`  … and ${unnamed.toLocaleString('en-US')} more: --format tsv`);
  for (const table of end.behind) {
    lines.push(`${table.path} is ${plural(table.behind, 'row')} behind: celline db checkpoint`);
  }
  if (end.isRolledBack) lines.push('Rolled back: the tables are as before (--atomic).');
  const next = nextCommand(end);
  if (next !== undefined) lines.push(`next: ${paint.strong(next)}`);
  return lines;
}

/** The rest of the first line: how many of the ids were given before. */
function given(tally: Tally): string {
  const count = tally.duplicates();
  return count === 0 ? '' : ` (of these ${plural(count, 'duplicate')})`;
}

function failureLine({ outcome, reason, ids }: ReturnType<Tally['failures']>[number]): string {
  const named = ids.slice(0, MAX_IDS).map(printable).join(', ');
  const more = ids.length > MAX_IDS ? ` and ${(ids.length - MAX_IDS).toLocaleString('en-US')} more` : '';
  const why = ids.length > 1 && reason.includes(ids[0] ?? '') ? reason.replaceAll(ids[0] ?? '', 'the id') : reason;
  return `${outcome}: ${named}${more}${why === '' ? '' : ` (${printable(why)})`}`;
}

/** Outcomes that are kept in `asked` and that another try may turn. */
const WORTH_ANOTHER_TRY: readonly OutcomeName[] = [
  'partial',
  'rate_limited',
  'http_error',
  'network_error',
  'bad_response',
  'internal_error',
];

function nextCommand({ tally, wasStopped, asksForAll, isRolledBack, job }: EndOfAsking): string | undefined {
  if (isRolledBack) {
    return wasStopped ? 'the same command again' : 'the same command without what failed, or without --atomic';
  }
  // What was not tried is kept nowhere, so that refresh cannot know of it.
  if (wasStopped || tally.of('not_tried') > 0) {
    return asksForAll && job !== null
      ? `celline jobs rerun ${job} --failed (it asks only for the rest)`
      : 'the same command again (add asks only for the rest)';
  }
  if (WORTH_ANOTHER_TRY.some((outcome) => tally.of(outcome) > 0)) {
    return job === null ? 'celline refresh' : `celline jobs rerun ${job} --failed`;
  }
  // It names the variables of every archive that takes a key.
  if (tally.of('auth_error') > 0) return 'celline doctor';
  return tally.outcomes().some((outcome) => GOOD_OUTCOMES.has(outcome)) ? 'celline list' : undefined;
}
