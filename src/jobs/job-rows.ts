import type { JobAnswer, JobInput, JobSpec } from '../ports/jobs.ts';
import type { JobWrite } from '../ports/store.ts';
import type { JobRow, JobState } from '../records/job.ts';
import { ID_LIST_PATH, type JobFileRow } from '../records/job-file.ts';
import type { RequestCounts } from './count-requests.ts';
import { stateOfOutcome } from './job-state.ts';

/** What is known of a job while it runs. */
export interface JobFacts {
  readonly spec: JobSpec;
  readonly uuid: string;
  /** Its number below the job at the top; empty for that one. */
  readonly path: string;
  readonly startedAt: string;
  /** Where it runs; null of a job below another, which runs there too. */
  readonly place: Pick<JobRow, 'by' | 'host' | 'pid' | 'command'> | null;
  readonly ids: readonly string[];
  readonly files: readonly Omit<JobFileRow, 'job'>[];
}

/** How a job stands at a moment. */
export interface JobStand {
  readonly state: JobState;
  readonly reason: string | null;
  readonly errorClass: string | null;
  /** Null while it runs. */
  readonly endedAt: string | null;
  /** What it asked of the archives; null: it has not ended. */
  readonly counts: RequestCounts | null;
}

/** A job that runs. */
export const RUNNING: JobStand = { state: 'running', reason: null, errorClass: null, endedAt: null, counts: null };

const NOWHERE = { by: null, host: null, pid: null, command: null };

const NOT_COUNTED = {
  requests: null,
  cache_hits: null,
  bytes: null,
  rows_added: null,
  rows_updated: null,
  rows_removed: null,
};

/** The row of a job; the rows that it wrote are counted by the commit. */
export function jobRow(facts: JobFacts, stand: JobStand): JobWrite {
  const { spec, uuid, path, startedAt, place, ids } = facts;
  const { counts } = stand;
  const row: JobWrite['row'] = {
    uuid,
    task: spec.task,
    title: spec.title ?? null,
    state: stand.state,
    outcome: null,
    key: null,
    reason: stand.reason,
    error_class: stand.errorClass,
    started_at: startedAt,
    ended_at: stand.endedAt,
    ...(place ?? NOWHERE),
    options: spec.options === undefined ? null : { ...spec.options },
    ids: BigInt(ids.length),
    ...NOT_COUNTED,
    ...(counts === null ? {} : countCells(counts)),
  };
  return { below: path, row };
}

function countCells({ requests, cacheHits, bytes }: RequestCounts): Pick<JobRow, 'requests' | 'cache_hits' | 'bytes'> {
  return { requests: BigInt(requests), cache_hits: BigInt(cacheHits), bytes: BigInt(bytes) };
}

/** The row of an answered id; final. */
export function answerRow(path: string, answer: JobAnswer, uuid: string, at: string): JobWrite {
  const below = path === '' ? answer.below : `${path}.${answer.below}`;
  return { below, row: { ...idRow(answer, uuid), ended_at: at } };
}

/** The row of an id, whenever it ended. */
export function idRow(answer: Omit<JobAnswer, 'below'>, uuid: string): Omit<JobWrite['row'], 'ended_at'> {
  return {
    uuid,
    task: 'id',
    title: answer.id,
    state: stateOfOutcome(answer.outcome),
    outcome: answer.outcome,
    key: answer.key,
    reason: answer.reason,
    error_class: answer.errorClass,
    started_at: null,
    ...NOWHERE,
    options: null,
    ids: null,
    ...NOT_COUNTED,
  };
}

/** The list of ids as an input. */
export function idListFile(ids: readonly string[], digest: (text: string) => string): Omit<JobFileRow, 'job'> {
  return fileRow('input', { path: ID_LIST_PATH, role: 'ids', sha256: digest(idListText(ids)), rows: ids.length });
}

/** The ids, one a line: what the checksum of a list is made of. */
function idListText(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

/** A file as a row. */
export function fileRow(direction: JobFileRow['direction'], file: JobInput): Omit<JobFileRow, 'job'> {
  const number = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(value));
  return {
    direction,
    path: file.path,
    role: file.role ?? 'file',
    md5: file.md5 ?? null,
    sha256: file.sha256 ?? null,
    bytes: number(file.bytes),
    rows: number(file.rows),
    rows_added: null,
    rows_updated: null,
    rows_removed: null,
  };
}
