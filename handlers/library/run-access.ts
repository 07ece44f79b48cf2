import type { Access } from '../../src/ports/handler.ts';
import { enaCell } from './ena-cell.ts';
import type { RunParts } from './library-parts.ts';

/**
 * Who may read the files of a run. NCBI: a cluster other than `public`, or is_public="false", is controlled access. ENA lists
 * public data only, so that a row without another status is public.
 */
export function accessOfRun(parts: RunParts): Access | null {
  const { run, row } = parts;
  if (run !== null && ((run.cluster !== null && run.cluster !== 'public') || run.isPublic === false))
    return 'controlled';
  if (run !== null && (run.cluster === 'public' || run.isPublic === true)) return 'public';
  if (row === null) return null;
  const status = enaCell(row, 'status')?.toLowerCase() ?? 'public';
  return status === 'public' || status === 'private' ? status : null;
}

/**
 * Who may read a sample: what its runs say when they agree, `public` as soon as one of them is, else `controlled`.
 * Null for a sample without runs.
 */
export function accessOfRuns(runs: readonly (Access | null | undefined)[]): Access | null {
  if (runs.includes('public')) return 'public';
  if (runs.includes('controlled')) return 'controlled';
  return runs.includes('private') ? 'private' : null;
}
