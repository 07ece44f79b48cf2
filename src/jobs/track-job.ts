import type { JobSpec, TrackedJob } from '../ports/jobs.ts';
import type { JobChange, Store } from '../ports/store.ts';
import { jobRow } from './job-rows.ts';
import { type JobWorld, nowText } from './job-world.ts';
import { changeWith, endJob, factsOf, failedEnd, type OpenJob, openJob, openJobBelow } from './open-job.ts';
import { stampStore } from './stamp-store.ts';

/** A tracked job with what the rest of the program needs of it. */
export interface TrackedPart {
  readonly job: TrackedJob;
  readonly open: OpenJob;
}

const FINISHED = { state: 'finished' as const, reason: null, errorClass: null };

/** Runs a work as a job at the top, or as the next one below another. */
export async function trackJob<T>(
  world: JobWorld,
  spec: JobSpec,
  work: (job: TrackedPart) => Promise<T>,
  above: OpenJob | null = null,
): Promise<T> {
  const open = above === null ? await openJob(world, spec) : openJobBelow(world, above, spec);
  const result = await runWork(world, open, work);
  await endJob(world, open, FINISHED);
  return result;
}

async function runWork<T>(world: JobWorld, open: OpenJob, work: (job: TrackedPart) => Promise<T>): Promise<T> {
  try {
    return await work({ job: trackedJob(world, open), open });
  } catch (error) {
    const end = failedEnd(error, world.signal);
    await endJob(world, open, end).catch(() => open.leave(end).catch(() => undefined));
    throw error;
  }
}

function trackedJob(world: JobWorld, open: OpenJob): TrackedJob {
  return {
    number: open.number,
    uuid: open.uuid,
    store: storeOf(world, open),
    track: (spec, work) => trackJob(world, spec, ({ job }) => work(job), open),
    input: (file) => open.addFile('input', file),
    output: (file) => open.addFile('output', file),
  };
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
