import {
  BadResponseError,
  bodyFault,
  type CellineError,
  type HandlerContext,
  HttpStatusError,
} from '../../src/ports/handler.ts';
import { type EnaAccessionType, enaRunsOf, searchEnaRuns } from '../ena/ena-requests.ts';
import { createPackedRuns, type PackedRuns } from '../ena/packed-runs.ts';
import { parseRunRows } from '../ena/parse-run-rows.ts';
import { ENA_KEY_COLUMNS, type EnaRun, type EnaRunColumn } from '../ena/run-row.ts';
import { asCellineError } from './as-celline-error.ts';
import { askComplete, readAnswer } from './ask-complete.ts';
import { isNewDrift, noteDrift } from './drift.ts';
import { ENA_RUN_TABLE, withEnaColumns } from './ena-columns.ts';
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
    withEnaColumns(async (columns) => {
      const header = createHeaderGuard(columns, context);
      const rows = await askComplete(
        some,
        {
          requestOf: (ids) => askedAs(searchEnaRuns(ids, type, columns), as),
          send: context.http.chunks,
          read: (chunks) => collect(parseRunRows(chunks, header.read)),
          namesOf: (row) => row[NAMED_IN[type]].split(';'),
          isDoubtful: header.isDoubtful,
        },
        context,
      );
      header.note();
      return rows;
    }, context);
  const { records, failed } = await askList(accessions, ACCESSIONS_PER_SEARCH, ask, context.signal);
  return { rows: [...new Map(records.map((row) => [row.run_accession, row])).values()], failed };
}

/**
 * All run rows of one study, sample, experiment or run, or null when ENA says that this is no accession it knows (400, 404).
 * They are packed as they come: the answer for a project of 20,000 runs is 25 MB of text. No row at all is asked again.
 */
export async function runsOf(accession: string, context: HandlerContext): Promise<PackedRuns | null> {
  try {
    return await withEnaColumns((columns) => reportOf(accession, columns, context), context);
  } catch (cause) {
    const error = asCellineError(cause);
    if (error instanceof HttpStatusError && (error.status === 400 || error.status === 404)) return null;
    throw error;
  }
}

async function reportOf(
  accession: string,
  columns: readonly EnaRunColumn[],
  context: HandlerContext,
): Promise<PackedRuns> {
  const header = createHeaderGuard(columns, context);
  const reading = {
    send: context.http.chunks,
    read: (chunks: AsyncIterable<string>) => packRows(parseRunRows(chunks, header.read)),
  };
  const rows = await readAnswer(enaRunsOf(accession, columns), reading, context, {
    isDoubtful: ({ size }) => size === 0 || header.isDoubtful(),
    isBetter: ({ size }, than) => size > than.size,
  });
  header.note();
  return rows;
}

async function packRows(found: AsyncIterable<EnaRun>): Promise<PackedRuns> {
  const rows = createPackedRuns();
  const seen = new Set<string>();
  for await (const row of found) {
    if (seen.has(row.run_accession)) continue;
    seen.add(row.run_accession);
    rows.add(row);
  }
  return rows;
}

/** Compares the columns that come with those asked. A table without a key column is refused. */
function createHeaderGuard(asked: readonly EnaRunColumn[], context: HandlerContext) {
  let missing: readonly EnaRunColumn[] = [];
  return {
    read: (columns: readonly string[]) => {
      missing = asked.filter((column) => !columns.includes(column));
      const lost = missing.filter((column) => ENA_KEY_COLUMNS.includes(column));
      if (lost.length === 0) return;
      throw new BadResponseError(`${ENA_RUN_TABLE} came without ${lost.join(', ')}`, {
        fields: { kind: 'wrong_header', missing: lost.join(',') },
        hint: bodyFault('wrong_header').hint,
      });
    },
    isDoubtful: () => isNewDrift(ENA_RUN_TABLE, missing, context),
    note: () => noteDrift(ENA_RUN_TABLE, missing, context),
  };
}
