import type { SeenJob } from '../ports/jobs.ts';
import type { Processes } from '../ports/processes.ts';
import { GOOD_OUTCOMES, type OutcomeName } from '../records/asked.ts';
import type { JobState } from '../records/job.ts';

/** A running job gives a sign of life this often. */
export const HEARTBEAT_MS = 10_000;

/** A job that gave no sign of life for so long is taken for dead, whatever its process does. */
export const SILENT_MS = 60_000;

/** How the id of an answer stands. */
export function stateOfOutcome(outcome: OutcomeName): JobState {
  if (GOOD_OUTCOMES.has(outcome)) return 'finished';
  if (outcome === 'partial') return 'partial';
  return outcome === 'not_tried' ? 'interrupted' : 'failed';
}

/** How a job ends whose ids stand like that: `partial` when some of what was asked is there, and not all of it. */
export function stateOfIds(counts: ReadonlyMap<JobState, number>, wasStopped: boolean): JobState {
  if (wasStopped) return 'interrupted';
  const states = new Set([...counts].filter(([, count]) => count > 0).map(([state]) => state));
  if (states.size === 0 || (states.size === 1 && states.has('finished'))) return 'finished';
  if (states.has('finished') || states.has('partial')) return 'partial';
  return states.size === 1 && states.has('interrupted') ? 'interrupted' : 'failed';
}

/** True when a job has ended, its process is dead, or it has been silent for too long. */
export function isDead(job: SeenJob, now: number, processes: Processes): boolean {
  if (job.end !== undefined || now - job.seenAt >= SILENT_MS) return true;
  return job.host === processes.host && !processes.isAlive(job.pid, job.started);
}

/** True for a row that says `running` without a sign of life of its job, unless it was written just now. */
export function isLost(row: RunningRow, now: number, processes: Processes): boolean {
  if (row.started_at === null || now - Date.parse(row.started_at) >= SILENT_MS) return true;
  return row.host === processes.host && !processes.isAlive(Number(row.pid));
}

/** What a row says of its process. */
export interface RunningRow {
  readonly started_at: string | null;
  readonly host: string | null;
  readonly pid: bigint | number | null;
}
