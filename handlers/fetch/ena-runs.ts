import { type CellineError, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { type EnaAccessionType, enaRunsOf, searchEnaRuns } from '../ena/ena-requests.ts';
import { createPackedRuns, type PackedRuns } from '../ena/packed-runs.ts';
import { parseRunRows } from '../ena/parse-run-rows.ts';
import type { EnaRun } from '../ena/run-row.ts';
import { asCellineError } from './as-celline-error.ts';
import { askList, collect, withAttempts } from './split-batch.ts';

/** Accessions of one ENA search: 1,000 in ENA's own downloader. */
export const ACCESSIONS_PER_SEARCH = 1000;

/** What ENA gave for a list of accessions. */
export interface EnaRunAnswer {
  readonly rows: readonly EnaRun[];
  /** Accessions that ENA was asked for without an answer, by the error that ended it. */
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Asks ENA for the run rows of accessions of one type; `again`: anew, whatever is stored. Accessions that it does not know have no row. */
export async function searchRuns(
  accessions: readonly string[],
  type: EnaAccessionType,
  context: HandlerContext,
  again = false,
): Promise<EnaRunAnswer> {
  const ask = async (some: readonly string[], attempts: number | undefined): Promise<EnaRun[]> => {
    const request = withAttempts(searchEnaRuns(some, type), attempts);
    return collect(parseRunRows(await context.http.chunks(again ? { ...request, refresh: true } : request)));
  };
  const { records, failed } = await askList(accessions, ACCESSIONS_PER_SEARCH, ask, context.signal);
  return { rows: records, failed };
}

/**
 * Asks ENA for runs by their accession, and once more, as a batch, for those that were left out of a good answer:
 * ENA drops unknown runs silently, and now and then known ones.
 */
export async function runsByAccession(runs: readonly string[], context: HandlerContext): Promise<EnaRunAnswer> {
  const first = await searchRuns(runs, 'run', context);
  const came = new Set(first.rows.map((row) => row.run_accession));
  const leftOut = runs.filter((run) => !came.has(run) && !first.failed.has(run));
  if (leftOut.length === 0) return first;
  const second = await searchRuns(leftOut, 'run', context, true);
  return { rows: [...first.rows, ...second.rows], failed: new Map([...first.failed, ...second.failed]) };
}

/**
 * All run rows of one study, sample, experiment or run, or null when ENA says that this is no accession it knows (400, 404).
 * They are packed as they come: the answer for a project of 20,000 runs is 25 MB of text.
 */
export async function runsOf(accession: string, context: HandlerContext): Promise<PackedRuns | null> {
  try {
    const rows = createPackedRuns();
    for await (const row of parseRunRows(await context.http.chunks(enaRunsOf(accession)))) rows.add(row);
    return rows;
  } catch (cause) {
    const error = asCellineError(cause);
    if (error instanceof HttpStatusError && (error.status === 400 || error.status === 404)) return null;
    throw error;
  }
}
