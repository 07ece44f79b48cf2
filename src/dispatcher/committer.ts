import type { Clock } from '../ports/clock.ts';
import type { HandlerOutcome } from '../ports/handler.ts';
import type { AskingJob, JobAnswer } from '../ports/jobs.ts';
import type { CellineEvent, Reporter, SavedRecord } from '../ports/reporter.ts';
import type { CommitReport, ReadWrite } from '../ports/store.ts';
import type { AskedRow } from '../records/asked.ts';
import type { RecordUnit } from '../records/record-unit.ts';

/** Most samples of one commit. */
const SAMPLES_PER_COMMIT = 250;
/** Milliseconds after which what has come is committed, so that an answer is soon safe and soon printed. */
const LONGEST_WAIT_MS = 1000;
/** Samples that wait for a commit before handlers have to wait: bounds memory. */
const MOST_WAITING = 500;

/** An answer on its way into the tables. */
export interface Answer {
  readonly outcome: HandlerOutcome;
  /** Written into `asked` with the commit; null for what is not kept (not tried). */
  readonly row: AskedRow | null;
  /** What is kept of it with the job. */
  readonly of: JobAnswer;
}

/** Gathers units and answers and commits them, in order, as whole units. */
export interface Committer {
  /** Takes a unit; resolves late when too much waits. Rejects once a commit has failed. */
  add(unit: RecordUnit, handler: string): Promise<void>;
  /** Takes an answer; `told` is called with it after the commit that holds it. */
  answer(answer: Answer): void;
  /** Commits what waits. */
  flush(): Promise<void>;
  /** Resolves when nothing is being committed, whatever waits. Rejects once a commit has failed. */
  settled(): Promise<void>;
  /** Commits what waits with the end of the job, and stops the timer. */
  close(): Promise<void>;
}

/** What a committer is made of. */
export interface CommitterSettings {
  readonly store: ReadWrite;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** The job, which has begun; null: nothing keeps track of jobs. */
  readonly job: AskingJob | null;
  /** True: commits by what has come alone, not by time. Default false. */
  readonly isReproducible?: boolean;
  /** Called with each commit's report, before its answers are told. */
  readonly committed: (report: CommitReport) => void;
  /** Called with each answer when it is durable. */
  readonly told: (answer: Answer) => void;
}

interface Batch {
  units: { unit: RecordUnit; handler: string }[];
  answers: Answer[];
  samples: number;
}

/** An idle committer over a store. */
export function createCommitter(settings: CommitterSettings): Committer {
  const stop = new AbortController();
  let batch: Batch = { units: [], answers: [], samples: 0 };
  let committing: Promise<void> = Promise.resolve();
  let waiting = 0;

  const flush = (isLast = false): Promise<void> => {
    const taken = batch;
    if (taken.units.length === 0 && taken.answers.length === 0 && !isLast) return committing;
    batch = { units: [], answers: [], samples: 0 };
    committing = committing.then(async () => {
      await commitBatch(taken, isLast, settings);
      waiting -= taken.samples;
    });
    // The failure is seen by whoever adds, flushes or asks next; it must not end the process before.
    committing.catch(() => {});
    return committing;
  };
  const tick = createTicker(settings, stop.signal, () => flush().catch(() => {}));
  return {
    async add(unit, handler) {
      batch.units.push({ unit, handler });
      batch.samples += unit.samples.length;
      waiting += unit.samples.length;
      tick();
      const done = batch.samples >= SAMPLES_PER_COMMIT ? flush() : null;
      if (waiting >= MOST_WAITING) await done;
    },
    answer(answer) {
      batch.answers.push(answer);
      tick();
    },
    flush: () => flush(),
    settled: () => committing,
    async close() {
      stop.abort();
      await flush(true);
    },
  };
}

/** Calls `work` once, a while after the first call of the function it gives; then the next call counts as first again. */
function createTicker({ clock, isReproducible }: CommitterSettings, stop: AbortSignal, work: () => void): () => void {
  if (isReproducible) return () => {};
  let ticking = false;
  return () => {
    if (ticking || stop.aborted) return;
    ticking = true;
    clock.sleep(LONGEST_WAIT_MS, stop).then(
      () => {
        ticking = false;
        work();
      },
      () => {},
    );
  };
}

async function commitBatch(batch: Batch, isLast: boolean, settings: CommitterSettings): Promise<void> {
  const { job } = settings;
  const rows = batch.answers.flatMap((answer) => (answer.row === null ? [] : [answer.row]));
  const answers = batch.answers.map((answer) => answer.of);
  if (batch.units.length + rows.length > 0 || (job !== null && (answers.length > 0 || isLast))) {
    const units = batch.units.map(({ unit, handler }) => stamped(unit, handler));
    const report = await settings.store.commit({
      units,
      asked: rows,
      ...(job === null ? {} : { job: job.change(answers, isLast) }),
      at: new Date(settings.clock.now()).toISOString(),
    });
    settings.committed(report);
    job?.committed(report, answers, isLast);
    if (units.length + rows.length > 0) settings.reporter.emit(committedEvent(units, batch.samples, report));
  }
  for (const answer of batch.answers) settings.told(answer);
}

function committedEvent(units: readonly RecordUnit[], samples: number, report: CommitReport): CellineEvent {
  const runs = units.reduce((sum, unit) => sum + unit.runs.length, 0);
  const { sequence } = report;
  return { type: 'committed', samples, runs, sequence, records: savedRecords(units, report) };
}

/** The records of the units with what became of each, in order; one that is in several units once. */
function savedRecords(units: readonly RecordUnit[], { changes }: CommitReport): SavedRecord[] {
  const saved = new Map<string, SavedRecord>();
  for (const unit of units) {
    for (const table of ['projects', 'samples', 'runs'] as const) {
      for (const { key } of unit[table]) {
        const change = changes.get(key);
        if (change !== undefined) saved.set(`${table} ${key}`, { table, key, change });
      }
    }
  }
  return [...saved.values()];
}

/** Names the handler in every record that does not name one itself. */
function stamped(unit: RecordUnit, handler: string): RecordUnit {
  const stamp = <T extends { handler?: string | null }>(patch: T): T => ({ handler, ...patch });
  return {
    ...unit,
    samples: unit.samples.map(stamp),
    runs: unit.runs.map(stamp),
    projects: unit.projects.map(stamp),
    files: unit.files.map(stamp),
  };
}
