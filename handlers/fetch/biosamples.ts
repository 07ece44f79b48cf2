import type { CellineError, HandlerContext } from '../../src/ports/handler.ts';
import type { BioSample } from '../ncbi/biosample.ts';
import { fetchBioSamples } from '../ncbi/eutils-requests.ts';
import { parseBioSamples } from '../ncbi/parse-biosamples.ts';
import { askComplete } from './ask-complete.ts';
import { type AskedAs, askedAs, askList, collect } from './split-batch.ts';

/** NCBI advises at most 200 ids of one list in an address; 500 by POST is what its other batches take. */
const BIOSAMPLES_PER_REQUEST = 500;

/** BioSample records by accession; unknown ones are absent. */
export interface BioSampleAnswer {
  readonly samples: ReadonlyMap<string, BioSample>;
  readonly failed: ReadonlyMap<string, CellineError>;
}

/** Fetches BioSample records (SAMN, SAMEA, SAMD) from NCBI. What an answer leaves out is asked once more. */
export async function bioSamples(accessions: readonly string[], context: HandlerContext): Promise<BioSampleAnswer> {
  const ask = (some: readonly string[], as: AskedAs): Promise<BioSample[]> =>
    askComplete(
      some,
      {
        requestOf: (ids) => askedAs(fetchBioSamples(ids), as),
        send: context.http.chunks,
        read: (chunks) => collect(parseBioSamples(chunks)),
        namesOf: (sample) => [sample.accession],
      },
      context,
    );
  const { records, failed } = await askList(accessions, BIOSAMPLES_PER_REQUEST, ask, context.signal);
  return { samples: new Map(records.map((sample) => [sample.accession, sample])), failed };
}
