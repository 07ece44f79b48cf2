import type { AskingJob, JobAnswer, JobSpec } from '../ports/jobs.ts';
import type { JobState } from '../records/job.ts';
import { answerRow } from './job-rows.ts';
import { stateOfIds, stateOfOutcome } from './job-state.ts';
import { type JobWorld, nowText } from './job-world.ts';
import { endJob, eventOf, failedEnd, type JobEnd, type OpenJob, openJob, openJobBelow } from './open-job.ts';
import { findResumed } from './resumed-job.ts';

/** The job of ids that are asked, and how it ends when something is thrown. */
export interface EndableJob extends AskingJob {
  /** After its last commit: gives its sign of life back. When the last commit never came: ends it with what was thrown. */
  close(error: unknown): Promise<void>;
}

/** Where the ids are asked: under a job of a program, or under one of their own. */
export interface AskingPlace {
  readonly above: OpenJob | null;
  /** Aborts when the asking is stopped. */
  readonly signal: AbortSignal;
}

/** A job that begins when it is known that something is to be asked. */
export function createAskingJob(world: JobWorld, spec: JobSpec, { above, signal }: AskingPlace): EndableJob {
  const states = new Map<JobState, number>();
  let open: OpenJob | null = null;
  let isEnded = false;
  let done = 0;
  const rowsOf = (job: OpenJob | null, answers: readonly JobAnswer[]) =>
    answers.map((answer) => answerRow(job?.path ?? '', answer, world.randomId(), nowText(world)));
  const endWith = (answers: readonly JobAnswer[]): JobEnd => {
    const state = stateOfIds(counted(states, answers), signal.aborted);
    return { state, reason: state === 'interrupted' ? 'stopped by the user' : null, errorClass: null };
  };
  const tell = (answers: readonly JobAnswer[]): void => {
    for (const answer of answers) {
      done += answer.below.includes('.') ? 0 : 1;
      if (open !== null) tellAnswer(world, open, spec, answer, done);
    }
  };
  const take = (answers: readonly JobAnswer[]): void => {
    for (const [state, count] of counted(states, answers)) states.set(state, count);
    tell(answers);
  };
  return {
    get number() {
      return open?.number ?? null;
    },
    begin: async (ids, settled) => {
      const resumed = above === null ? await findResumed(world, ids) : null;
      if (above === null) open = await openJob(world, spec, ids, rowsOf(null, settled));
      else open = openJobBelow(world, above, spec, ids);
      if (above !== null)
        await world.store.commit({ units: [], asked: [], at: nowText(world), job: open.change(rowsOf(open, settled)) });
      if (resumed !== null) tellResumed(world, open, spec, resumed);
      take(settled);
    },
    change: (answers, isLast) => {
      if (open === null) throw new Error('a job that has not begun commits nothing');
      const rows = rowsOf(open, answers);
      return isLast ? open.lastChange(rows, endWith(answers)) : open.change(rows);
    },
    committed: (report, answers, isLast) => {
      open?.wrote(report.written);
      take(answers);
      if (isLast) isEnded = true;
    },
    close: async (error) => {
      if (open === null) return;
      if (isEnded) return endWell(open, endWith([]));
      await endBadly(world, open, failedEnd(error, signal));
    },
  };
}

function counted(known: ReadonlyMap<JobState, number>, answers: readonly JobAnswer[]): Map<JobState, number> {
  const states = new Map(known);
  for (const { below, outcome } of answers) {
    // What an id led to is judged with that id.
    if (below.includes('.')) continue;
    const state = stateOfOutcome(outcome);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}

async function endWell(open: OpenJob, end: JobEnd): Promise<void> {
  await open.release();
  open.tell(eventOf(end), end.reason);
}

/** Ends a job that broke off. When not even that can be written, the next command does. */
async function endBadly(world: JobWorld, open: OpenJob, end: JobEnd): Promise<void> {
  try {
    await endJob(world, open, end);
  } catch {
    await open.leave(end).catch(() => undefined);
    open.tell(eventOf(end), end.reason);
  }
}

function tellAnswer(world: JobWorld, open: OpenJob, { task }: JobSpec, answer: JobAnswer, done: number): void {
  const { number, ids } = open;
  const at = answer.below.lastIndexOf('.');
  world.reporter.emit({
    type: 'job',
    change: eventOf({ state: stateOfOutcome(answer.outcome), reason: null, errorClass: null }),
    job: `${number}.${answer.below}`,
    parent: at === -1 ? number : `${number}.${answer.below.slice(0, at)}`,
    task: answer.id,
    done: 0,
    ids: 0,
    reason: answer.reason,
  });
  if (at !== -1) return;
  const progress = {
    change: 'progress' as const,
    job: number,
    parent: null,
    task,
    done,
    ids: ids.length,
    reason: null,
  };
  world.reporter.emit({ type: 'job', ...progress });
}

function tellResumed(world: JobWorld, { number, ids }: OpenJob, { task }: JobSpec, resumes: string): void {
  const what = { change: 'resuming' as const, job: number, parent: null, task, done: 0, ids: ids.length, reason: null };
  world.reporter.emit({ type: 'job', ...what, resumes });
}
