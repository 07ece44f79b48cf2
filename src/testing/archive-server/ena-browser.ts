import { type Answer, escapeText } from './answer.ts';
import { type RecordKind, renderEnaRecord } from './ena-records.ts';
import type { Hidden } from './geo-endpoints.ts';
import type { WorldIndex } from './world-index.ts';

const KINDS: readonly (readonly [RegExp, RecordKind])[] = [
  [/^PRJ[A-Z]{2}\d+$/, 'PROJECT'],
  [/^[SED]RP\d{6,}$/, 'STUDY'],
  [/^(?:[SED]RS\d{6,}|SAM[A-Z]+\d+)$/, 'SAMPLE'],
  [/^[SED]RX\d{6,}$/, 'EXPERIMENT'],
  [/^[SED]RR\d{6,}$/, 'RUN'],
  [/^[SED]RA\d{6,}$/, 'SUBMISSION'],
];

const STATUS_TEXTS: Readonly<Record<number, string>> = { 404: 'Not Found', 413: 'Payload Too Large' };

/** Answers ENA's Browser `/xml`: the accessions of a path (GET) or of a JSON body (POST), all of one type. */
export function answerBrowserXml(
  accessions: readonly string[],
  isBatch: boolean,
  index: WorldIndex,
  hidden: Hidden,
  mostAccessions: number,
): Answer {
  if (accessions.length > mostAccessions)
    return problem(413, `At most ${mostAccessions} accessions are supported per request.`, isBatch);
  const kinds = accessions.map((accession) => KINDS.find(([pattern]) => pattern.test(accession))?.[1]);
  const [kind] = kinds;
  if (kind === undefined) return problem(400, `Invalid accession: ${accessions[0] ?? ''}`, isBatch);
  if (kinds.some((other) => other !== kind)) {
    const message = `All accessions must be of the same data type as the first accession, which was ${kind}.`;
    return problem(400, message, isBatch);
  }
  const known = accessions.filter((accession) => !hidden.has(accession));
  const anyRecord = known.some((accession) => renderEnaRecord(kind, accession, index) !== undefined);
  if (!anyRecord) return problem(404, `No records found for accession(s): ${accessions.join(',')}`, isBatch);
  return {
    status: 200,
    type: 'application/xml;charset=UTF-8',
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<${kind}_SET>\n`,
    records: render(kind, known, index),
    tail: `</${kind}_SET>\n`,
  };
}

/** Duplicates come back twice, as at ENA. */
function* render(kind: RecordKind, accessions: readonly string[], index: WorldIndex): Generator<string> {
  for (const accession of accessions) {
    const record = renderEnaRecord(kind, accession, index);
    if (record !== undefined) yield `${record}\n`;
  }
}

/** An error in the format of the request: JSON for a batch, XML for a path. */
function problem(status: number, message: string, isBatch: boolean): Answer {
  const error = STATUS_TEXTS[status] ?? 'Bad Request';
  const path = '/ena/browser/api/xml';
  if (isBatch) {
    const body = { timestamp: '2026-11-21T00:00:00.000+00:00', status, error, message, path };
    return { status, type: 'application/json', head: JSON.stringify(body) };
  }
  const text = `<Map><timestamp>2026-11-21T00:00:00.000+00:00</timestamp><status>${status}</status><error>${error}</error><message>${escapeText(message)}</message><path>${path}</path></Map>`;
  return { status, type: 'application/xml;charset=UTF-8', head: text };
}
