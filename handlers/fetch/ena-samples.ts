import { type CellineError, type HandlerContext, HttpStatusError } from '../../src/ports/handler.ts';
import { fetchEnaSamples } from '../ena/ena-requests.ts';
import { parseEnaSamples } from '../ena/parse-samples.ts';
import type { EnaSample } from '../ena/sample.ts';
import { askComplete } from './ask-complete.ts';
import { ACCESSIONS_PER_SEARCH } from './ena-runs.ts';
import { type AskedAs, askedAs, askList, collect } from './split-batch.ts';

/** Sample records of ENA by their SRS, ERS or DRS; unknown ones are absent. */
export interface EnaSampleAnswer {
  readonly samples: ReadonlyMap<string, EnaSample>;
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Fetches sample records (all attributes) from ENA's Browser API. What an answer leaves out is asked once more. */
export async function enaSamples(accessions: readonly string[], context: HandlerContext): Promise<EnaSampleAnswer> {
  const ask = (some: readonly string[], as: AskedAs): Promise<EnaSample[]> =>
    askComplete(
      some,
      {
        requestOf: (ids) => askedAs(fetchEnaSamples(ids), as),
        send: (request) => context.http.chunks(request).catch(noneKnown),
        read: (chunks) => (chunks === null ? Promise.resolve([]) : collect(parseEnaSamples(chunks))),
        namesOf: (sample) => [sample.accession, sample.biosample],
      },
      context,
    );
  const { records, failed } = await askList(accessions, ACCESSIONS_PER_SEARCH, ask, context.signal);
  return { samples: new Map(records.map((sample) => [sample.accession, sample])), failed };
}

/** A 404: none of the batch is known. */
function noneKnown(error: unknown): null {
  if (error instanceof HttpStatusError && error.status === 404) return null;
  throw error;
}
