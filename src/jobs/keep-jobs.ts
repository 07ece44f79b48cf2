import { UsageError } from '../errors/usage-error.ts';
import type { JobInfo, JobSpec, Jobs, SeenJob, TrackedJob } from '../ports/jobs.ts';
import type { Removal, Store } from '../ports/store.ts';
import { type AskingPlace, createAskingJob, type EndableJob } from './asking-job.ts';
import { under } from './fold-dead.ts';
import { isDead } from './job-state.ts';
import { type JobWorld, nowText } from './job-world.ts';
import { createLazyJob, type LazyJob } from './lazy-job.ts';
import type { OpenJob } from './open-job.ts';
import { createJobReader } from './read-jobs.ts';
import { recordDone, storeOfOneCommit, trackJob } from './track-job.ts';

/** Sends a process the signal of Ctrl-C. */
export type StopProcess = (pid: number) => void;

/** The jobs of a project: what programs see, and what the parts of celline use. */
export interface JobKeeper extends Jobs {
  /** The job of ids that will be asked. `above`: of a program. */
  asking(spec: JobSpec, place: Omit<AskingPlace, 'above'> & { readonly above?: TrackedJob }): EndableJob;
  /** The store for a work of one commit, which writes its job too. */
  oneCommit(spec: JobSpec, ids: readonly string[]): Store;
  /** A job that begins with its first change. */
  lazy(spec: JobSpec): LazyJob;
  /** Writes down what was done by a manifest of its own. */
  record(spec: JobSpec): Promise<void>;
  /** Names of those that write to the tables now: `job 7 (add)`. */
  running(): Promise<readonly string[]>;
}

/** Keeps the jobs of a project. */
export function keepJobs(world: JobWorld, stopProcess: StopProcess): JobKeeper {
  const opened = new WeakMap<TrackedJob, OpenJob>();
  const reader = createJobReader(world);
  const alive = async (): Promise<SeenJob[]> => {
    const now = world.clock.now();
    return (await world.live.list()).filter((job) => !isDead(job, now, world.processes));
  };
  return {
    ...reader,
    track: (spec, work) => trackJob({ world, opened }, spec, work),
    cancel: async (number) => cancel(number, await reader.get(number), { alive: await alive(), world, stopProcess }),
    remove: async (number) => remove(world, number, await reader.get(number)),
    asking: (spec, { above, signal }) =>
      createAskingJob(world, spec, { above: above === undefined ? null : openOf(above, opened), signal }),
    oneCommit: (spec, ids) => storeOfOneCommit(world, spec, ids),
    lazy: (spec) => createLazyJob(world, spec),
    record: (spec) => recordDone(world, spec),
    running: async () => (await alive()).map(({ number, task }) => `job ${number ?? '(new)'} (${task})`),
  };
}

/** Throws a `UsageError` for a job that another project gave. */
function openOf(job: TrackedJob, opened: WeakMap<TrackedJob, OpenJob>): OpenJob {
  const open = opened.get(job);
  if (open !== undefined) return open;
  throw new UsageError(`Job ${job.number} is not one that this project tracks.`, {
    hint: 'Pass on the job that jobs.track of this project gave, as it is.',
    fields: { job: job.number },
  });
}

/** What cancelling needs. */
interface CancelParts {
  readonly alive: readonly SeenJob[];
  readonly world: JobWorld;
  readonly stopProcess: StopProcess;
}

function cancel(number: string, job: JobInfo | null, { alive, world, stopProcess }: CancelParts): void {
  if (job === null) throw noSuchJob(number);
  const { host } = world.processes;
  const sign = alive.find(({ uuid }) => uuid === job.uuid);
  if (job.state !== 'running' || sign === undefined) {
    throw new UsageError(`Job ${number} does not run: it is ${job.state}.`, {
      hint: number.includes('.') ? 'Cancel the job that it belongs to.' : 'celline jobs lists those that run.',
    });
  }
  if (sign.host !== host) {
    throw new UsageError(`Job ${number} runs on ${sign.host} as process ${sign.pid}, and this is ${host}.`, {
      hint: `Stop it there: celline jobs cancel ${number} on ${sign.host}.`,
      fields: { host: sign.host, pid: sign.pid },
    });
  }
  try {
    stopProcess(sign.pid);
  } catch (cause) {
    throw new UsageError(`Process ${sign.pid} of job ${number} cannot be told to stop.`, {
      hint: 'It may belong to another user.',
      cause,
    });
  }
}

async function remove(world: JobWorld, number: string, job: JobInfo | null): Promise<number> {
  if (job === null) throw noSuchJob(number);
  if (job.parent !== null) {
    throw new UsageError(`${number} is a part of job ${number.split('.')[0]}.`, { hint: 'Remove the whole job.' });
  }
  if (job.state === 'running') {
    throw new UsageError(`Job ${number} is running.`, { hint: `Wait for it, or: celline jobs cancel ${number}.` });
  }
  const numbers = [number];
  for await (const rows of world.store.select({ table: 'jobs', columns: ['number'], where: [under(number)] })) {
    numbers.push(...rows.map((row) => String(row.number)));
  }
  const removals = numbers.flatMap((key): Removal[] => [
    { table: 'jobs', key },
    { table: 'job_files', key },
  ]);
  const report = await world.store.commit({ units: [], asked: [], remove: removals, at: nowText(world) });
  for (const sign of await world.live.list()) if (sign.uuid === job.uuid) await world.live.remove(sign);
  return report.tables.jobs.removed;
}

function noSuchJob(number: string): UsageError {
  return new UsageError(`There is no job ${number}.`, { hint: 'celline jobs lists them.', fields: { job: number } });
}
