import { UsageError } from '../errors/usage-error.ts';
import type { JobFilter, JobInfo, Jobs, SeenJob } from '../ports/jobs.ts';
import type { Condition } from '../ports/store.ts';
import type { JobRow } from '../records/job.ts';
import type { JobFileRow } from '../records/job-file.ts';
import { deadRow, unansweredRows, under } from './fold-dead.ts';
import { isDead, isLost } from './job-state.ts';
import type { JobWorld } from './job-world.ts';
import { compareNumbers } from './order-numbers.ts';

/** What can be read of jobs. */
export type JobReader = Pick<Jobs, 'list' | 'get' | 'below' | 'files' | 'ids'>;

/** Reads the jobs of a project; nothing is written, whatever is found dead. */
export function createJobReader(world: JobWorld): JobReader {
  return {
    list: async (filter = {}) => chosen(await jobsWhere(world, topOnly(filter)), filter),
    get: async (number) => {
      const signs = await world.live.list();
      const row = (await world.store.get('jobs', [number]))[0] as unknown as JobRow | undefined;
      if (row !== undefined) return infoOf(world, row, signs);
      const end = number.lastIndexOf('.');
      if (end === -1) return null;
      return (await allBelow(world, number.slice(0, end))).find((job) => job.number === number) ?? null;
    },
    below: (number) => allBelow(world, number),
    files: async (number) => {
      const rows = (await world.store.get('job_files', [number])) as unknown as JobFileRow[];
      return rows.sort((a, b) => (`${a.direction} ${a.path}` < `${b.direction} ${b.path}` ? -1 : 1));
    },
    ids: (number, filter = {}) => idsOf(world, number, filter.failed === true),
  };
}

function topOnly({ since }: JobFilter): Condition[] {
  const top: Condition = { column: 'parent', operator: 'empty', value: '' };
  // Before there were any, however long before.
  if (since === undefined || since <= 0) return [top];
  if (Number.isNaN(new Date(since).getTime()))
    throw new UsageError(`since: ${since} is no instant.`, { hint: 'Give milliseconds since 1970-01-01 UTC.' });
  return [top, { column: 'started_at', operator: '>=', value: new Date(since).toISOString() }];
}

function chosen(jobs: readonly JobInfo[], { failed, limit }: JobFilter): JobInfo[] {
  const newest = jobs.toReversed();
  const meant = failed === true ? newest.filter(({ state }) => !['finished', 'running'].includes(state)) : newest;
  return meant.slice(0, limit);
}

async function jobsWhere(world: JobWorld, where: readonly Condition[]): Promise<JobInfo[]> {
  // Before the rows: a job that ends between the two would be a row without a sign of life.
  const signs = await world.live.list();
  const rows: JobRow[] = [];
  for await (const some of world.store.select({ table: 'jobs', where })) rows.push(...(some as unknown as JobRow[]));
  return Promise.all(rows.sort(byNumber).map((row) => infoOf(world, row, signs)));
}

/** Everything below a job; of a dead one that no command has written down yet also the ids that were not answered. */
async function allBelow(world: JobWorld, number: string): Promise<JobInfo[]> {
  const now = world.clock.now();
  const sign = (await world.live.list()).find((one) => one.number === number && isDead(one, now, world.processes));
  const jobs = await jobsWhere(world, [under(number)]);
  if (sign === undefined) return jobs;
  const known = new Set(jobs.map((job) => job.number));
  const lost = unansweredRows(number, sign, known, world.randomId).map((row) => ({ ...row, done: null }));
  return [...jobs, ...lost].sort(byNumber);
}

function byNumber(a: JobRow, b: JobRow): number {
  return compareNumbers(a.number, b.number);
}

async function infoOf(world: JobWorld, row: JobRow, signs: readonly SeenJob[]): Promise<JobInfo> {
  if (row.state !== 'running') return { ...row, done: null };
  const now = world.clock.now();
  // By what both have from the beginning: the sign gets its number a moment after the row.
  const sign = signs.find(({ uuid }) => uuid === row.uuid);
  const dead = sign === undefined ? isLost(row, now, world.processes) : isDead(sign, now, world.processes);
  if (!dead) return { ...row, done: await world.store.count({ table: 'jobs', where: childrenOf(row.number) }) };
  return { ...deadRow(row, sign), done: null };
}

function childrenOf(number: string): Condition[] {
  return [{ column: 'parent', operator: '=', value: number }];
}

/** A dead job that no command has written down yet has its ids in its sign of life. */
async function idsOf(world: JobWorld, number: string, onlyFailed: boolean): Promise<string[]> {
  const rows = await jobsWhere(world, childrenOf(number));
  const given = new Map(rows.map((row) => [row.number, row]));
  const sign = (await world.live.list()).find((one) => one.number === number);
  const list = sign?.ids.map((id, index) => [`${number}.${index + 1}`, id] as const);
  const ids = list ?? rows.filter(({ task }) => task === 'id').map((row) => [row.number, row.title ?? ''] as const);
  const isMeant = (own: string): boolean => !onlyFailed || given.get(own)?.state !== 'finished';
  return ids.filter(([own]) => isMeant(own)).map(([, id]) => id);
}
