import { errorMessage } from '../errors/error-message.ts';
import type { AskingJob, JobAnswer, JobSpec } from '../ports/jobs.ts';
import type { JobWrite } from '../ports/store.ts';
import type { JobState } from '../records/job.ts';
import { answerRow } from './job-rows.ts';
import { stateOfIds, stateOfOutcome } from './job-state.ts';
import { type JobWorld, nowText } from './job-world.ts';
import {
  changeWith,
  endJob,
  eventOf,
  failedEnd,
  type JobEnd,
  type OpenJob,
  openJob,
  openJobBelow,
} from './open-job.ts';
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

/** What is known of a job while its ids are asked. */
interface Asking {
  readonly world: JobWorld;
  readonly spec: JobSpec;
  readonly place: AskingPlace;
  readonly states: Map<JobState, number>;
  open: OpenJob | null;
  isEnded: boolean;
  done: number;
}

/** A job that begins when it is known that something is to be asked. */
export function createAskingJob(world: JobWorld, spec: JobSpec, place: AskingPlace): EndableJob {
  const asking: Asking = { world, spec, place, states: new Map(), open: null, isEnded: false, done: 0 };
  return {
    get number() {
      return asking.open?.number ?? null;
    },
    begin: async (ids, settled) => {
      await begin(asking, ids, settled);
      take(asking, settled);
    },
    change: (answers, isLast) => {
      if (asking.open === null) throw new Error('a job that has not begun commits nothing');
      const rows = rowsOf(asking, answers);
      return isLast ? asking.open.lastChange(rows, endWith(asking, answers)) : asking.open.change(rows);
    },
    committed: (report, answers, isLast) => {
      asking.open?.wrote(report.written);
      take(asking, answers);
      if (isLast) asking.isEnded = true;
    },
    close: async (error) => {
      const { open, isEnded } = asking;
      if (open === null) return;
      if (isEnded) return endWell(open, endWith(asking, []));
      await endJob(world, open, failedEnd(world, error, place.signal)).catch(() => undefined);
    },
  };
}

async function begin(asking: Asking, ids: readonly string[], settled: readonly JobAnswer[]): Promise<void> {
  const { world, spec } = asking;
  const { above } = asking.place;
  if (above === null) {
    // One that asks for all again leaves nothing to resume.
    const resumed = spec.options?.force === undefined ? await findResumed(world, ids) : null;
    asking.open = await openJob(world, spec, ids, rowsOf(asking, settled));
    if (resumed !== null) tellResumed(world, asking.open, spec, resumed);
    return;
  }
  asking.open = openJobBelow(world, above, spec, ids);
  const job = asking.open.change(rowsOf(asking, settled));
  if (settled.length > 0) await world.store.commit(changeWith(world, job));
}

function rowsOf({ world, open }: Asking, answers: readonly JobAnswer[]): JobWrite[] {
  return answers.map((answer) => answerRow(open?.path ?? '', answer, world.randomId(), nowText(world)));
}

/** How the job ends when these answers are its last. */
function endWith({ states, place }: Asking, answers: readonly JobAnswer[]): JobEnd {
  const { aborted, reason } = place.signal;
  const state = stateOfIds(counted(states, answers), aborted);
  return { state, reason: aborted ? errorMessage(reason) : null, errorClass: null };
}

/** Counts answers that are durable, and tells them. */
function take(asking: Asking, answers: readonly JobAnswer[]): void {
  const { world, spec, open } = asking;
  for (const [state, count] of counted(asking.states, answers)) asking.states.set(state, count);
  for (const answer of answers) {
    asking.done += answer.below.includes('.') ? 0 : 1;
    if (open !== null) tellAnswer(world, open, spec, answer, asking.done);
  }
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
