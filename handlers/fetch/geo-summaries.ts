import { BadResponseError, bodyFault, type CellineError, type HandlerContext } from '../../src/ports/handler.ts';
import { summarizeGds } from '../ncbi/eutils-requests.ts';
import type { GdsSummary } from '../ncbi/geo-record.ts';
import { gdsUid } from '../ncbi/geo-uid.ts';
import { type GdsSummaries, parseGdsSummaries } from '../ncbi/parse-gds-summaries.ts';
import { askComplete } from './ask-complete.ts';
import { isNewDrift, noteDrift } from './drift.ts';
import { ENDPOINTS } from './endpoints.ts';
import { type AskedAs, askedAs, askList } from './split-batch.ts';

/** NCBI refuses more than 500 UIDs of a JSON summary. */
const SUMMARIES_PER_REQUEST = 500;

/** Their name in warnings. */
const SUMMARIES = ENDPOINTS.summaries.name;

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
  const ask = (some: readonly string[], as: AskedAs) => askUids(some, as, context);
  const answer = await askList([...uids.keys()], SUMMARIES_PER_REQUEST, ask, context.signal);
  const summaries = answer.records.flatMap(({ summary }) => (summary === null ? [] : [summary]));
  return {
    summaries: new Map(summaries.map((summary) => [summary.accession, summary])),
    failed: new Map([...answer.failed].map(([uid, error]) => [uids.get(uid) ?? uid, error])),
  };
}

/** What NCBI says of one UID: its summary, or that there is none. */
interface UidAnswer {
  readonly uid: string;
  readonly summary: GdsSummary | null;
}

/** NCBI names the UIDs that it does not know: what it leaves out is asked once more, and half of a batch left out twice is a lie. */
async function askUids(uids: readonly string[], as: AskedAs, context: HandlerContext): Promise<UidAnswer[]> {
  const requestOf = (some: readonly string[]) => askedAs(summarizeGds(some), as);
  const send = context.http.json;
  let missing: readonly string[] = [];
  const read = async (json: unknown) => {
    const found = parseGdsSummaries(json);
    ({ missing } = found);
    return answersIn(found);
  };
  const isDoubtful = () => isNewDrift(SUMMARIES, missing, context);
  const namesOf = ({ uid }: UidAnswer) => [uid];
  const answers = await askComplete(uids, { requestOf, send, read, namesOf, isDoubtful }, context);
  noteDrift(SUMMARIES, missing, context);
  if (answers.length >= uids.length / 2) return answers;
  await context.http.forget(requestOf(uids));
  throw new BadResponseError(`NCBI sent ${answers.length} of ${uids.length} GEO summaries`, {
    fields: { kind: 'too_few', expected: uids.length, came: answers.length },
    hint: bodyFault('too_few').hint,
  });
}

function answersIn({ summaries, absent }: GdsSummaries): UidAnswer[] {
  return [
    ...summaries.map((summary) => ({ uid: summary.uid, summary })),
    ...absent.map((uid) => ({ uid, summary: null })),
  ];
}
