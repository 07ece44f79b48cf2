import { type CellineError, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { type EnaAccessionType, enaRunsOf, searchEnaRuns } from '../ena/ena-requests.ts';
import { createPackedRuns, type PackedRuns } from '../ena/packed-runs.ts';
import { parseRunRows } from '../ena/parse-run-rows.ts';
import type { EnaRun, EnaRunColumn } from '../ena/run-row.ts';
import { asCellineError } from './as-celline-error.ts';
import { askComplete, readAnswer } from './ask-complete.ts';
import { type AskedAs, askedAs, askList, collect } from './split-batch.ts';

/** Accessions of one ENA search: 1,000 in ENA's own downloader. */
export const ACCESSIONS_PER_SEARCH = 1000;

/** What ENA gave for a list of accessions. */
export interface EnaRunAnswer {
  /** Each run once. */
  readonly rows: readonly EnaRun[];
  /** Accessions that ENA was asked for without an answer, by the error that ended it. */
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** The column that names what was searched for; a pooled run lists several, with `;`. */
const NAMED_IN: Readonly<Record<EnaAccessionType, EnaRunColumn>> = {
  run: 'run_accession',
  experiment: 'experiment_accession',
  sample: 'sample_accession',
  study: 'study_accession',
};

/**
 * Asks ENA for the run rows of accessions of one type. Those that it does not know have no row: it drops unknown ones
 * silently, and now and then known ones, so that what is missing is asked once more.
 */
export async function searchRuns(
  accessions: readonly string[],
  type: EnaAccessionType,
  context: HandlerContext,
): Promise<EnaRunAnswer> {
  const ask = (some: readonly string[], as: AskedAs): Promise<EnaRun[]> =>
    askComplete(
      some,
      {
        requestOf: (ids) => askedAs(searchEnaRuns(ids, type), as),
        send: context.http.chunks,
        read: (chunks) => collect(parseRunRows(chunks)),
        namesOf: (row) => row[NAMED_IN[type]].split(';'),
      },
      context,
    );
  const { records, failed } = await askList(accessions, ACCESSIONS_PER_SEARCH, ask, context.signal);
  return { rows: [...new Map(records.map((row) => [row.run_accession, row])).values()], failed };
}

/**
 * All run rows of one study, sample, experiment or run, or null when ENA says that this is no accession it knows (400, 404).
 * They are packed as they come: the answer for a project of 20,000 runs is 25 MB of text. No row at all is asked again.
 */
export async function runsOf(accession: string, context: HandlerContext): Promise<PackedRuns | null> {
  try {
    return await readAnswer(enaRunsOf(accession), { send: context.http.chunks, read: packRows }, context, {
      isDoubtful: (rows) => rows.size === 0,
      isBetter: (rows, than) => rows.size > than.size,
    });
  } catch (cause) {
    const error = asCellineError(cause);
    if (error instanceof HttpStatusError && (error.status === 400 || error.status === 404)) return null;
    throw error;
  }
}

async function packRows(chunks: AsyncIterable<string>): Promise<PackedRuns> {
  const rows = createPackedRuns();
  const seen = new Set<string>();
  for await (const row of parseRunRows(chunks)) {
    if (seen.has(row.run_accession)) continue;
    seen.add(row.run_accession);
    rows.add(row);
  }
  return rows;
}
