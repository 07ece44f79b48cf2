import type { AskedRow, OutcomeName } from '../records/asked.ts';

/** Outcomes that answer an id for good, until the answer is stale. Every other one is asked again. */
const LASTING: ReadonlySet<OutcomeName> = new Set([
  'added',
  'updated',
  'unchanged',
  'no_runs',
  'replaced',
  'not_found',
  'controlled',
  'private',
  'withdrawn',
]);

/**
 * True when an answered id need not be asked again: its outcome is a lasting one, it is younger than `ttlSeconds`
 * (strictly), and it was fetched with at least the plan that is wanted now.
 */
export function isAnswered(row: AskedRow | undefined, now: number, ttlSeconds: number, full: boolean): boolean {
  if (row === undefined || !LASTING.has(row.outcome)) return false;
  if (full && row.plan !== 'full') return false;
  const age = now - Date.parse(row.answered_at);
  return age >= 0 && age < ttlSeconds * 1000;
}
