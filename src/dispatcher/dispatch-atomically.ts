import type { Clock } from '../ports/clock.ts';
import type { AskingJob, JobAnswer } from '../ports/jobs.ts';
import type { OutcomeRow, Reporter, SavedRecord } from '../ports/reporter.ts';
import type { CommitReport, Store, Transaction } from '../ports/store.ts';
import { GOOD_OUTCOMES } from '../records/asked.ts';
import { type DispatchSettings, dispatch } from './dispatch.ts';
import { type LateTransaction, lateTransaction } from './late-transaction.ts';

/** A dispatch that is one transaction of this store. */
export interface AtomicSettings extends DispatchSettings {
  readonly job: AskingJob;
  readonly store: Store;
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
  const store = lateTransaction(settings.store);
  const job = holdBack(settings.job, store);
  const rows: OutcomeRow[] = [];
  const staged: Staged = { samples: 0, runs: 0, records: [] };
  let culprit: OutcomeRow | undefined;
  let isKept = false;
  try {
    const reporter = stagedReporter(settings.reporter, staged);
    for await (const row of dispatch(texts, { ...settings, store, job, reporter })) rows.push(row);
    culprit = rows.find(({ outcome }) => !GOOD_OUTCOMES.has(outcome));
    // A stop after the last answer counts, too: the user was told that it is rolled back.
    isKept = culprit === undefined && !settings.signal.aborted;
    if (isKept && store.transaction !== null) {
      const sequence = await endKept(store.transaction, job, settings);
      settings.reporter.emit({ type: 'committed', ...staged, sequence });
    }
  } finally {
    if (store.transaction?.isOpen === true) await store.transaction.rollback();
  }
  const reason = `rolled back (--atomic): ${reasonOf(culprit, settings.signal)}`;
  if (!isKept) await writeRolledBack(job, reason, settings);
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

/** The job of a transaction: what its commits would say of it is said at the end, when it is known what came of it. */
interface HeldBack extends AskingJob {
  readonly answers: readonly JobAnswer[];
  readonly reports: readonly CommitReport[];
}

function holdBack(job: AskingJob, store: LateTransaction): HeldBack {
  const answers: JobAnswer[] = [];
  const reports: CommitReport[] = [];
  return {
    answers,
    reports,
    get number() {
      return job.number;
    },
    begin: async (ids, settled) => {
      await job.begin(ids, settled);
      await store.begin();
    },
    change: (some) => {
      answers.push(...some);
      return job.change([], false);
    },
    committed: (report) => {
      reports.push(report);
    },
  };
}

/** Ends the transaction with what is said of the job; gives the number of the manifest. */
async function endKept(
  transaction: Transaction,
  { answers, reports }: HeldBack,
  { job, clock }: AtomicSettings,
): Promise<number> {
  for (const report of reports) job.committed(report, [], false);
  await transaction.commit({ units: [], asked: [], job: job.change(answers, true), at: timeText(clock) });
  const report = await transaction.end();
  // What it wrote was counted as it was staged.
  job.committed({ ...report, written: {} }, answers, true);
  return report.sequence;
}

/** After a rollback the job is all that is left: what would have been good was not tried. */
async function writeRolledBack({ answers }: HeldBack, reason: string, settings: AtomicSettings): Promise<void> {
  const { job, store, clock } = settings;
  if (job.number === null) return;
  const told = answers.map((answer): JobAnswer => {
    if (!GOOD_OUTCOMES.has(answer.outcome)) return answer;
    return { ...answer, outcome: 'not_tried', key: null, reason };
  });
  const report = await store.commit({ units: [], asked: [], job: job.change(told, true), at: timeText(clock) });
  job.committed(report, told, true);
}

function timeText(clock: Clock): string {
  return new Date(clock.now()).toISOString();
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
