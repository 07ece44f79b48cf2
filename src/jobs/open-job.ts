import { errorMessage } from '../errors/error-message.ts';
import { InterruptedError } from '../errors/interrupted-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { HeldJob, JobInput, JobSpec } from '../ports/jobs.ts';
import type { JobEvent } from '../ports/reporter.ts';
import type { Change, JobChange, JobWrite, Written } from '../ports/store.ts';
import { countsSince, type RequestCounts } from './count-requests.ts';
import { findDead } from './fold-dead.ts';
import { fileRow, idListFile, type JobFacts, type JobStand, jobRow, RUNNING } from './job-rows.ts';
import { type JobWorld, nowText } from './job-world.ts';

/** How a job ends. */
export type JobEnd = Pick<JobStand, 'state' | 'reason' | 'errorClass'>;

/** The end of a job of which everything went well. */
export const FINISHED: JobEnd = { state: 'finished', reason: null, errorClass: null };

/** A job of this process that has its number. */
export interface OpenJob {
  /** Number of the job at the top: `7`. */
  readonly root: string;
  /** Its own: `7.1`. */
  readonly number: string;
  readonly uuid: string;
  readonly path: string;
  readonly ids: readonly string[];
  /** Number below it that the next job there gets. `UsageError` once it has ended. */
  nextBelow(): string;
  /** What a commit of it says besides: these rows. */
  change(rows: readonly JobWrite[]): JobChange;
  /** The last that is said of it. */
  lastChange(rows: readonly JobWrite[], end: JobEnd): JobChange;
  /** A commit of it, or of a job below it, wrote rows. */
  wrote(written: Written): void;
  addFile(direction: 'input' | 'output', file: JobInput): void;
  tell(change: JobEvent['change'], reason?: string | null): void;
  /** Its end is in the tables. */
  release(): Promise<void>;
  /** Its end could not be written: the next command does. */
  leave(end: JobEnd): Promise<void>;
}

/** What an open job is made of. */
interface Parts {
  readonly world: JobWorld;
  readonly root: string;
  readonly facts: JobFacts;
  readonly held: HeldJob | null;
  readonly above: OpenJob | null;
  readonly began: RequestCounts;
}

/** Begins a job at the top with a commit that gives it its number; dead jobs are written down by the same commit. */
export async function openJob(
  world: JobWorld,
  spec: JobSpec,
  ids: readonly string[] = [],
  settled: readonly JobWrite[] = [],
): Promise<OpenJob> {
  const facts = factsOf(world, spec, '', ids);
  const dead = await findDead(world);
  const { uuid } = facts;
  const held = await world.live.hold({ uuid, task: spec.task, title: spec.title ?? null, ids });
  try {
    const rows = [jobRow(facts, RUNNING), ...settled];
    const job: JobChange = { number: null, self: '', rows, files: facts.files, others: dead.rows };
    const report = await world.store.commit(changeWith(world, job));
    const root = report.job ?? '';
    await held.numbered(root);
    for (const sign of dead.signs) await world.live.remove(sign);
    const open = assemble({ world, root, facts, held, above: null, began: world.counts() });
    open.tell('created');
    open.tell('running');
    return open;
  } catch (error) {
    await held.release().catch(() => undefined);
    throw error;
  }
}

/** Begins a job below another one. Its row is written once, at its end. */
export function openJobBelow(world: JobWorld, above: OpenJob, spec: JobSpec, ids: readonly string[] = []): OpenJob {
  const below = above.nextBelow();
  const path = above.path === '' ? below : `${above.path}.${below}`;
  const facts = factsOf(world, spec, path, ids);
  const open = assemble({ world, root: above.root, facts, held: null, above, began: world.counts() });
  open.tell('created');
  open.tell('running');
  return open;
}

/** A change that holds nothing but what is said of a job. */
export function changeWith(world: Pick<JobWorld, 'clock'>, job: JobChange): Change {
  return { units: [], asked: [], at: nowText(world), job };
}

/** Ends a job with a commit of its own. When that fails it throws, and the next command writes the end down. */
export async function endJob(world: JobWorld, job: OpenJob, end: JobEnd): Promise<void> {
  try {
    await world.store.commit(changeWith(world, job.lastChange([], end)));
    await job.release();
  } catch (error) {
    await job.leave(end).catch(() => undefined);
    throw error;
  } finally {
    job.tell(eventOf(end), end.reason);
  }
}

/** What is told of an end. */
export function eventOf({ state }: JobEnd): JobEvent['change'] {
  return state === 'pending' ? 'running' : state;
}

/** How a job ends that threw. */
export function failedEnd({ mask }: JobWorld, error: unknown, signal: AbortSignal): JobEnd {
  const errorClass = error instanceof Error ? error.constructor.name : typeof error;
  const reason = mask(errorMessage(error));
  const wasStopped = signal.aborted || error instanceof InterruptedError;
  return { state: wasStopped ? 'interrupted' : 'failed', reason, errorClass };
}

/** Facts of a job that begins now. */
export function factsOf(world: JobWorld, spec: JobSpec, path: string, ids: readonly string[]): JobFacts {
  const { by, command, processes } = world;
  const list = ids.length === 0 ? [] : [idListFile(ids, world.digest)];
  return {
    spec,
    uuid: world.randomId(),
    path,
    startedAt: nowText(world),
    place: path === '' ? { by, host: processes.host, pid: BigInt(processes.pid), command } : null,
    ids,
    files: [...list, ...(spec.inputs ?? []).map((file) => fileRow('input', file))],
  };
}

function assemble(parts: Parts): OpenJob {
  const { world, root, facts, held, above } = parts;
  const { path, uuid, ids } = facts;
  const outcome = outcomeOf(parts);
  let last = ids.length;
  let isOver = false;
  return {
    root,
    number: numberOf(parts),
    uuid,
    path,
    ids,
    nextBelow: () => {
      if (isOver) throw hasEnded(numberOf(parts));
      last += 1;
      return String(last);
    },
    change: (rows) => ({ number: root, self: path, rows, files: [] }),
    ...outcome,
    lastChange: (rows, end) => {
      isOver = true;
      return outcome.lastChange(rows, end);
    },
    tell: (change, reason = null) => {
      const own = { job: numberOf(parts), parent: above?.number ?? null, task: facts.spec.task };
      world.reporter.emit({ type: 'job', change, ...own, done: 0, ids: ids.length, reason });
    },
    release: async () => held?.release(),
    leave: async (end) => held?.leave(end),
  };
}

function hasEnded(number: string): UsageError {
  return new UsageError(`Job ${number} has ended, and nothing more can be done below it.`, {
    hint: 'Await what is done within a job before its work returns.',
    fields: { job: number },
  });
}

function numberOf({ root, facts: { path } }: Parts): string {
  return path === '' ? root : `${root}.${path}`;
}

/** What comes of a job: what it wrote, and its end. */
function outcomeOf({ world, root, facts, above, began }: Parts): Pick<OpenJob, 'lastChange' | 'wrote' | 'addFile'> {
  const { path } = facts;
  let wrote: Written = {};
  let files = facts.files;
  return {
    lastChange: (rows, end) => {
      const stand: JobStand = { ...end, endedAt: nowText(world), counts: countsSince(began, world.counts()) };
      const own = jobRow(facts, stand);
      return { number: root, self: path, rows: [...rows, own], files, wrote, tablesFolder: world.tablesFolder };
    },
    wrote: (written) => {
      wrote = sumOf(wrote, written);
      above?.wrote(written);
    },
    addFile: (direction, file) => {
      const row = fileRow(direction, file);
      files = [...files.filter((one) => one.direction !== direction || one.path !== row.path), row];
    },
  };
}

function sumOf(one: Written, other: Written): Written {
  const sums = { ...one };
  for (const [name, { added, updated, removed }] of Object.entries(other)) {
    const sum = sums[name] ?? { added: 0, updated: 0, removed: 0 };
    sums[name] = { added: sum.added + added, updated: sum.updated + updated, removed: sum.removed + removed };
  }
  return sums;
}
