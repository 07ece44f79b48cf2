import type { JobChange, RowCounts, Written } from '../../ports/store.ts';
import type { JobRow } from '../../records/job.ts';
import type { JobFileRow } from '../../records/job-file.ts';
import type { Row } from '../../records/table.ts';
import { type Draft, putRow } from './draft.ts';
import { sumWritten } from './sum-written.ts';

/** What planning the rows of a job needs to know besides the change. */
export interface JobSetting {
  /** The last number that a job was given. */
  readonly lastJob: number;
  /** What the commit writes. */
  readonly written: Written;
}

/** `7` and `2.1` → `7.2.1`; an empty `below` is the job itself. */
export function jobNumber(number: string, below: string): string {
  return below === '' ? number : `${number}.${below}`;
}

/** `7.2.1` → `7.2`; null at the top. */
export function parentNumber(number: string): string | null {
  const at = number.lastIndexOf('.');
  return at === -1 ? null : number.slice(0, at);
}

/** Writes what a change says about jobs into the draft, and gives the number of its job; null when there is none. */
export function planJob(draft: Draft, job: JobChange | null, { lastJob, written }: JobSetting): string | null {
  if (job === null) return null;
  if (job.onlyWithChange === true && Object.keys(written).length === 0) return job.number;
  const number = job.number ?? String(lastJob + 1);
  const wrote = job.wrote === undefined ? null : ofRecords(sumWritten([job.wrote, written]));
  for (const { below, row } of job.rows) {
    const own = jobNumber(number, below);
    const counts = below === job.self && wrote !== null ? countsOf(Object.values(wrote)) : {};
    putRow(draft, 'jobs', asRow({ ...row, ...counts, number: own, parent: parentNumber(own) }));
  }
  for (const other of job.others ?? []) putRow(draft, 'jobs', asRow(other));
  const outputs = Object.entries(wrote ?? {}).map(([name, counts]) => output(name, counts, job.tablesFolder ?? 'DB'));
  for (const file of [...job.files, ...outputs])
    putRow(draft, 'job_files', asRow({ ...file, job: jobNumber(number, job.self) }));
  return number;
}

function asRow(row: JobRow | JobFileRow): Row {
  return row as unknown as Row;
}

/** Which ids were asked is in the job's children. */
function ofRecords(written: Written): Written {
  const { ASKED: _, ...records } = written;
  return records;
}

function countsOf(tables: readonly RowCounts[]): Pick<JobRow, 'rows_added' | 'rows_updated' | 'rows_removed'> {
  const sum = (of: keyof RowCounts): bigint => BigInt(tables.reduce((total, counts) => total + counts[of], 0));
  return { rows_added: sum('added'), rows_updated: sum('updated'), rows_removed: sum('removed') };
}

function output(name: string, { added, updated, removed }: RowCounts, folder: string): Omit<JobFileRow, 'job'> {
  return {
    direction: 'output',
    path: `${folder}/${name}.parquet`,
    role: 'table',
    md5: null,
    sha256: null,
    bytes: null,
    rows: BigInt(added + updated + removed),
    rows_added: BigInt(added),
    rows_updated: BigInt(updated),
    rows_removed: BigInt(removed),
  };
}
