import { BadResponseError, type CellineError, type HandlerContext } from '../../src/ports/handler.ts';
import { summarizeGds } from '../ncbi/eutils-requests.ts';
import type { GdsSummary } from '../ncbi/geo-record.ts';
import { gdsUid } from '../ncbi/geo-uid.ts';
import { parseGdsSummaries } from '../ncbi/parse-gds-summaries.ts';
import { askList, withAttempts } from './split-batch.ts';

/** NCBI refuses more than 500 UIDs of a JSON summary. */
const SUMMARIES_PER_REQUEST = 500;

/** GEO document summaries by accession. */
export interface GeoSummaryAnswer {
  readonly summaries: ReadonlyMap<string, GdsSummary>;
  readonly failed: ReadonlyMap<string, CellineError>;
}

/**
 * Document summaries of GEO accessions (GSE, GSM, GPL), by computed UIDs. The pattern of the UIDs is no published
 * contract: a summary counts only under the accession that it names itself.
 */
export async function geoSummaries(accessions: readonly string[], context: HandlerContext): Promise<GeoSummaryAnswer> {
  const uids = new Map<string, string>();
  for (const accession of accessions) {
    const uid = gdsUid(accession);
    if (uid !== null) uids.set(uid, accession);
  }
  const ask = async (some: readonly string[], attempts: number | undefined): Promise<GdsSummary[]> => {
    const answer = parseGdsSummaries(await context.http.json(withAttempts(summarizeGds(some), attempts)));
    if (answer.summaries.length + answer.absent.length < some.length / 2) {
      throw new BadResponseError(`NCBI sent ${answer.summaries.length} of ${some.length} GEO summaries`, {
        fields: { kind: 'too_few', expected: some.length, came: answer.summaries.length },
      });
    }
    return answer.summaries;
  };
  const answer = await askList([...uids.keys()], SUMMARIES_PER_REQUEST, ask, context.signal);
  return {
    summaries: new Map(answer.records.map((summary) => [summary.accession, summary])),
    failed: new Map([...answer.failed].map(([uid, error]) => [uids.get(uid) ?? uid, error])),
  };
}
