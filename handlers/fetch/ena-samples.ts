import { type CellineError, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { fetchEnaSamples } from '../ena/ena-requests.ts';
import { parseEnaSamples } from '../ena/parse-samples.ts';
import type { EnaSample } from '../ena/sample.ts';
import { asCellineError } from './as-celline-error.ts';
import { ACCESSIONS_PER_SEARCH } from './ena-runs.ts';
import { askList, collect, withAttempts } from './split-batch.ts';

/** Sample records of ENA by their SRS, ERS or DRS; unknown ones are absent. */
export interface EnaSampleAnswer {
  readonly samples: ReadonlyMap<string, EnaSample>;
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Fetches sample records (all attributes) from ENA's Browser API. */
export async function enaSamples(accessions: readonly string[], context: HandlerContext): Promise<EnaSampleAnswer> {
  const ask = async (some: readonly string[], attempts: number | undefined): Promise<EnaSample[]> => {
    try {
      const request = withAttempts(fetchEnaSamples(some), attempts);
      return await collect(parseEnaSamples(await context.http.chunks(request)));
    } catch (cause) {
      const error = asCellineError(cause);
      // None of the batch is known.
      if (error instanceof HttpStatusError && error.status === 404) return [];
      throw error;
    }
  };
  const { records, failed } = await askList(accessions, ACCESSIONS_PER_SEARCH, ask, context.signal);
  return { samples: new Map(records.map((sample) => [sample.accession, sample])), failed };
}
