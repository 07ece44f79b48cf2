import { BadResponseError } from '../../src/ports/handler.ts';
import type { GdsSummary } from './geo-record.ts';

/** What one `esummary db=gds` answer holds. A UID that is in neither list was left out by NCBI. */
export interface GdsSummaries {
  readonly summaries: GdsSummary[];
  /** UIDs that NCBI answered with an `error` of their own: there is no such record. */
  readonly absent: string[];
  /** Members that celline reads and no record of the answer has. */
  readonly missing: readonly string[];
}

/** Members that every recorded summary has, be they empty. */
const MEMBERS = ['title', 'summary', 'taxon', 'gdstype', 'pdat', 'gse', 'gpl', 'samples', 'extrelations', 'pubmedids'];

/** Reads `esummary db=gds retmode=json`. A body without a result, or a record without an accession, is a `BadResponseError`. */
export function parseGdsSummaries(json: unknown): GdsSummaries {
  const result = isObject(json) ? json.result : undefined;
  if (!isObject(result) || !Array.isArray(result.uids)) {
    throw new BadResponseError('NCBI sent no GEO summaries: "result.uids" is missing', {
      fields: { kind: 'wrong_header' },
    });
  }
  const answer = { summaries: [] as GdsSummary[], absent: [] as string[] };
  const unseen = new Set(MEMBERS);
  for (const uid of result.uids.map(String)) {
    const record = result[uid];
    if (record === undefined) continue;
    if (isObject(record) && typeof record.error === 'string') answer.absent.push(uid);
    else {
      answer.summaries.push(summaryOf(uid, record));
      for (const name of MEMBERS) if (isObject(record) && record[name] !== undefined) unseen.delete(name);
    }
  }
  return { ...answer, missing: answer.summaries.length === 0 ? [] : [...unseen] };
}

function summaryOf(uid: string, record: unknown): GdsSummary {
  const accession = isObject(record) ? text(record.accession) : null;
  if (!isObject(record) || accession === null) {
    throw new BadResponseError(`NCBI sent a GEO summary without an accession (uid ${uid})`, { fields: { uid } });
  }
  const entryType = text(record.entrytype) ?? accession.slice(0, 3);
  const relations = [...relationsOf(record.relations), ...relationsOf(record.extrelations)];
  return {
    uid,
    accession,
    entryType,
    title: text(record.title),
    summary: text(record.summary),
    organisms: pieces(record.taxon),
    type: text(record.gdstype),
    date: isoDate(text(record.pdat)),
    // The number of a series' own record is repeated in its `gse`.
    series: pieces(record.gse)
      .map(prefixed('GSE'))
      .filter((series) => series !== accession),
    platforms: pieces(record.gpl)
      .map(prefixed('GPL'))
      .filter((platform) => platform !== accession),
    samples: objects(record.samples)
      .map((sample) => text(sample.accession))
      .filter((id) => id !== null),
    // Of a platform GEO counts all samples that it has, of a sample it says nothing.
    sampleCount: entryType === 'GSE' || entryType === 'GDS' ? wholeNumber(record.n_samples) : null,
    pubmedIds: (Array.isArray(record.pubmedids) ? record.pubmedids : []).map(String),
    bioproject: text(record.bioproject),
    sra: targets(relations, 'SRA'),
    subSeries: targets(relations, 'SUPERSERIES OF'),
    superSeries: targets(relations, 'SUBSERIES OF'),
  };
}

interface Relation {
  readonly kind: string;
  readonly target: string;
}

function relationsOf(value: unknown): readonly Relation[] {
  return objects(value).flatMap((relation) => {
    const kind = text(relation.relationtype);
    const target = text(relation.targetobject);
    return kind === null || target === null ? [] : [{ kind: kind.toUpperCase(), target }];
  });
}

function targets(relations: readonly Relation[], kind: string): readonly string[] {
  return [...new Set(relations.filter((relation) => relation.kind === kind).map((relation) => relation.target))];
}

/** A value of the record; NCBI writes an empty string where there is none. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** `"11154;10558"` → `11154`, `10558`; `"Homo sapiens; Mus musculus"` → two names. */
function pieces(value: unknown): readonly string[] {
  return (text(value) ?? '')
    .split(';')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

function prefixed(prefix: string): (number: string) => string {
  return (number) => (/^\d+$/.test(number) ? `${prefix}${number}` : number);
}

/** `2015/08/19` → `2015-08-19`; null for anything else. */
function isoDate(value: string | null): string | null {
  const date = /^(\d{4})\/(\d{2})\/(\d{2})$/.exec(value ?? '');
  return date === null ? null : `${date[1]}-${date[2]}-${date[3]}`;
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
