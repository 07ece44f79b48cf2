import type { JobSpec, TrackedJob } from '../ports/jobs.ts';
import type { JobChange, Store } from '../ports/store.ts';
import { jobRow } from './job-rows.ts';
import { type JobWorld, nowText } from './job-world.ts';
import { changeWith, endJob, FINISHED, factsOf, failedEnd, type OpenJob, openJob, openJobBelow } from './open-job.ts';
import { stampStore } from './stamp-store.ts';

/** What tracking works with. */
export interface Tracking {
  readonly world: JobWorld;
  /** Remembers the job behind each that a program was given. */
  readonly opened: WeakMap<TrackedJob, OpenJob>;
}

/** Runs a work as a job at the top, or as the next one below another. */
export async function trackJob<T>(
  tracking: Tracking,
  spec: JobSpec,
  work: (job: TrackedJob) => Promise<T>,
  above: OpenJob | null = null,
): Promise<T> {
  const { world } = tracking;
  const open = above === null ? await openJob(world, spec) : openJobBelow(world, above, spec);
  const result = await runWork(tracking, open, work);
  await endJob(world, open, FINISHED);
  return result;
}

async function runWork<T>(tracking: Tracking, open: OpenJob, work: (job: TrackedJob) => Promise<T>): Promise<T> {
  try {
    return await work(trackedJob(tracking, open));
  } catch (error) {
    const { world } = tracking;
    await endJob(world, open, failedEnd(world, error, world.signal)).catch(() => undefined);
    throw error;
  }
}

function trackedJob(tracking: Tracking, open: OpenJob): TrackedJob {
  const job: TrackedJob = {
    number: open.number,
    uuid: open.uuid,
    store: storeOf(tracking.world, open),
    track: (spec, work) => trackJob(tracking, spec, work, open),
    input: (file) => open.addFile('input', file),
    output: (file) => open.addFile('output', file),
  };
  tracking.opened.set(job, open);
  return job;
}

/** The store as a job uses it. */
export function storeOf(world: JobWorld, open: OpenJob): Store {
  return stampStore(world.store, {
    job: () => open.change([]),
    committed: ({ written }) => open.wrote(written),
  });
}

/**
 * The store for a work that makes one commit: the job is written by that commit, as finished, and costs none of its own. A
 * work that changes nothing leaves no job.
 */
export function storeOfOneCommit(world: JobWorld, spec: JobSpec, ids: readonly string[]): Store {
  return stampStore(world.store, {
    job: () => ({ ...doneChange(world, spec, ids), onlyWithChange: true }),
    committed: ({ job }) => {
      if (job !== null) tellDone(world, spec, job);
    },
  });
}

/** Writes down what was done without a commit: by a manifest that shows other tables. */
export async function recordDone(world: JobWorld, spec: JobSpec): Promise<void> {
  const { job } = await world.store.commit(changeWith(world, doneChange(world, spec, [])));
  // The plain tables followed before; that of the jobs follows now, or with the next command.
  await world.store.publish().catch(() => undefined);
  if (job !== null) tellDone(world, spec, job);
}

function doneChange(world: JobWorld, spec: JobSpec, ids: readonly string[]): JobChange {
  const { files, ...facts } = factsOf(world, spec, '', ids);
  const counts = { requests: 0, cacheHits: 0, bytes: 0 };
  const row = jobRow({ ...facts, files }, { ...FINISHED, endedAt: nowText(world), counts });
  return { number: null, self: '', rows: [row], files, wrote: {}, tablesFolder: world.tablesFolder };
}

function tellDone(world: JobWorld, { task }: JobSpec, number: string): void {
  const event = { job: number, parent: null, task, done: 0, ids: 0, reason: null };
  for (const change of ['created', 'finished'] as const) world.reporter.emit({ type: 'job', change, ...event });
}
