import type { OutcomeRow, Reporter, SavedRecord } from '../ports/reporter.ts';
import type { Store } from '../ports/store.ts';
import { GOOD_OUTCOMES } from '../records/asked.ts';
import { type DispatchSettings, dispatch } from './dispatch.ts';

/** A dispatch that is one transaction of this store. */
export interface AtomicSettings extends DispatchSettings {
  readonly store: Store;
  /** Called when everything is durable. */
  readonly ended: () => void;
}

/**
 * Asks for ids as `dispatch` does, in one transaction: when every answer is good all of it is committed, else nothing is
 * changed. The rows come after that is decided; those that would have been good are then `not_tried` and name the id
 * that was not. All ids are asked even after a bad answer, so that one run names everything that is wrong.
 */
export async function* dispatchAtomically(
  texts: readonly string[],
  settings: AtomicSettings,
): AsyncGenerator<OutcomeRow> {
  const transaction = await settings.store.begin();
  const rows: OutcomeRow[] = [];
  const staged: Staged = { samples: 0, runs: 0, records: [] };
  let culprit: OutcomeRow | undefined;
  let isKept = false;
  try {
    const reporter = stagedReporter(settings.reporter, staged);
    for await (const row of dispatch(texts, { ...settings, store: transaction, reporter })) rows.push(row);
    culprit = rows.find(({ outcome }) => !GOOD_OUTCOMES.has(outcome));
    // A stop after the last answer counts, too: the user was told that it is rolled back.
    isKept = culprit === undefined && !settings.signal.aborted;
    if (isKept) {
      const { sequence } = await transaction.end();
      settings.ended();
      settings.reporter.emit({ type: 'committed', ...staged, sequence });
    }
  } finally {
    if (transaction.isOpen) await transaction.rollback();
  }
  const reason = `rolled back (--atomic): ${reasonOf(culprit, settings.signal)}`;
  for (const row of rows) {
    const told = isKept || !GOOD_OUTCOMES.has(row.outcome) ? row : rolledBack(row, reason);
    settings.reporter.emit({ type: 'answered', row: told });
    yield told;
  }
}

function reasonOf(culprit: OutcomeRow | undefined, signal: AbortSignal): string {
  if (culprit === undefined || (signal.aborted && culprit.outcome === 'not_tried')) return 'stopped';
  return `${culprit.id} is ${culprit.outcome}`;
}

function rolledBack(row: OutcomeRow, reason: string): OutcomeRow {
  return { id: row.id, outcome: 'not_tried', key: null, runs: 0, files: 0, reason };
}

/** What waits for the end of the transaction. */
interface Staged {
  samples: number;
  runs: number;
  readonly records: SavedRecord[];
}

/** What is staged is neither answered nor committed yet; it is summed into `staged`. */
function stagedReporter(reporter: Reporter, staged: Staged): Reporter {
  return {
    emit: (event) => {
      if (event.type === 'answered') reporter.emit({ type: 'staged', ids: 1, samples: 0 });
      else if (event.type === 'committed') {
        staged.samples += event.samples;
        staged.runs += event.runs;
        staged.records.push(...event.records);
        reporter.emit({ type: 'staged', ids: 0, samples: event.samples });
      } else reporter.emit(event);
    },
  };
}
