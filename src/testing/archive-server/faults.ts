import { type Answer, jsonAnswer, textAnswer, xmlAnswer } from './answer.ts';
import type { ArchiveRequest } from './request.ts';

/** What an archive may do wrong, one request at a time. */
export type Fault =
  /** An error status; with `retryAfter` (seconds or a date) it is a storm of 429 or 503. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** A page for people under status 200. */
  | { readonly kind: 'html' }
  /** The good answer up to that many bytes. Clean: the transfer ends properly; else the connection breaks. */
  | { readonly kind: 'cut'; readonly bytes: number; readonly clean?: boolean }
  /** The connection is reset before any byte. */
  | { readonly kind: 'reset' }
  /** Nothing comes, or nothing after that many bytes, until the server closes. */
  | { readonly kind: 'hang'; readonly bytes?: number }
  /** `{"error": …}` under status 200. */
  | { readonly kind: 'error-json'; readonly message?: string }
  /** `<ERROR>` under status 200. */
  | { readonly kind: 'error-xml'; readonly message?: string }
  /** The good answer under a wrong media type. */
  | { readonly kind: 'media-type'; readonly type: string }
  /** Status 200 without a body. */
  | { readonly kind: 'empty' }
  /** The head and the end of the good answer, none of its records. */
  | { readonly kind: 'header-only' }
  /** The good answer as if these accessions did not exist. */
  | { readonly kind: 'drop'; readonly accessions: readonly string[] }
  /** Bytes that are no text, under the media type of the good answer. */
  | { readonly kind: 'garbage' }
  /** A page under status 200 that asks for a person. */
  | { readonly kind: 'captcha' }
  /** Cloudflare's challenge: the same under status 403. */
  | { readonly kind: 'challenge' }
  /** A line of text of a failing back end under status 200. */
  | { readonly kind: 'error-text' }
  /** A whole XML document of another kind. */
  | { readonly kind: 'wrong-root' }
  /** The good answer without every second of its records, as if they did not exist. */
  | { readonly kind: 'fewer-records' }
  /** The good answer with each of its records twice. */
  | { readonly kind: 'twice' }
  /** A good answer to another question: the accessions next to those asked. */
  | { readonly kind: 'other-records' }
  /** The good table without these columns. */
  | { readonly kind: 'fewer-columns'; readonly columns: readonly string[] }
  /** The session of a search is forgotten; the good answer where none is used. */
  | { readonly kind: 'expired' };

/** Chooses the fault of a request; undefined: it is answered well. */
export type FaultPlan = (request: ArchiveRequest) => Fault | undefined;

/** How far an answer gets: all of it, or that many bytes and then an end of some kind. */
export interface Ending {
  readonly bytes: number;
  readonly end: 'clean' | 'broken' | 'hang';
}

/** The answer that a fault makes of the good one. What happens to the connection is `endingOf`. */
export function spoil(fault: Fault | undefined, good: () => Answer): Answer {
  if (fault === undefined) return good();
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault);
    case 'html':
      return { status: 200, type: 'text/html; charset=UTF-8', head: MAINTENANCE_PAGE };
    case 'error-json':
      return jsonAnswer(200, { error: fault.message ?? 'error forwarding request' });
    case 'error-xml':
      return xmlAnswer(
        200,
        `${EFETCH_HEAD}<ERROR>${fault.message ?? 'callMLink: Query failed on MegaLink server'}</ERROR>\n</eFetchResult>\n`,
      );
    case 'media-type':
      return { ...good(), type: fault.type };
    case 'empty':
      return { ...withoutRecords(good()), head: '', tail: '' };
    case 'header-only':
      return withoutRecords(good());
    case 'captcha':
      return { status: 200, type: 'text/html; charset=utf-8', head: CAPTCHA_PAGE };
    case 'challenge':
      return { status: 403, type: 'text/html; charset=UTF-8', headers: CHALLENGE_HEADERS, head: CHALLENGE_PAGE };
    case 'error-text':
      return textAnswer(200, 'Error: CEFetchPApplication::proxy_stream(): Failed to read the response\n');
    case 'wrong-root':
      return xmlAnswer(200, '<?xml version="1.0" encoding="UTF-8"?>\n<RunSet>\n</RunSet>\n');
    case 'expired':
      return xmlAnswer(200, `${EFETCH_HEAD}<ERROR>Unable to obtain query #1</ERROR>\n</eFetchResult>\n`);
    default:
      return spoilRecords(fault, good());
  }
}

/** The faults that change the records of a good answer. */
function spoilRecords(fault: Fault, good: Answer): Answer {
  switch (fault.kind) {
    case 'fewer-records':
      return good.records === undefined ? good : { ...good, records: everySecond(good.records) };
    case 'twice':
      return good.records === undefined ? good : { ...good, records: eachTwice(good.records) };
    case 'fewer-columns':
      return withoutColumns(good, fault.columns);
    case 'garbage':
      return { ...withoutRecords(good), head: '\u0000\u0001\ufffd\u0007%!\u0000'.repeat(64), tail: '' };
    default:
      return good;
  }
}

/** Where a fault ends the answer; undefined: it comes whole. */
export function endingOf(fault: Fault | undefined): Ending | undefined {
  if (fault?.kind === 'cut') return { bytes: fault.bytes, end: fault.clean === true ? 'clean' : 'broken' };
  if (fault?.kind === 'hang' && fault.bytes !== undefined) return { bytes: fault.bytes, end: 'hang' };
  return undefined;
}

const EFETCH_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n<eFetchResult>\n\t';

/** As NCBI's pages ask for a person (2025). */
const CAPTCHA_PAGE =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Checking your browser - reCAPTCHA</title>\n<script src="https://www.google.com/recaptcha/enterprise.js" async defer></script></head>\n<body><div class="g-recaptcha"></div></body></html>\n';

const CHALLENGE_HEADERS = { 'cf-mitigated': 'challenge', Server: 'cloudflare' };
const CHALLENGE_PAGE =
  '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head><body></body></html>\n';

const MAINTENANCE_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Service unavailable</title></head><body><h1>We are down for maintenance</h1></body></html>\n';

function statusAnswer(fault: Extract<Fault, { kind: 'status' }>): Answer {
  const answer: Answer = {
    status: fault.status,
    type: 'text/html; charset=UTF-8',
    head:
      fault.body ?? `<html><head><title>${fault.status}</title></head><body><h1>${fault.status}</h1></body></html>\n`,
  };
  return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'Retry-After': fault.retryAfter } };
}

/** Of a search, which has no records in its text: that it finds nothing, without saying of which term. */
function withoutRecords(answer: Answer): Answer {
  if (answer.records === undefined && answer.head.includes('"esearchresult"')) {
    const nothing = { count: '0', retmax: '0', retstart: '0', idlist: [], translationset: [], querytranslation: '' };
    return jsonAnswer(200, { header: { type: 'esearch', version: '0.3' }, esearchresult: nothing });
  }
  return { ...answer, records: [] };
}

function* everySecond(records: Iterable<string>): Generator<string> {
  let count = 0;
  for (const record of records) {
    count += 1;
    if (count % 2 === 1) yield record;
  }
}

function* eachTwice(records: Iterable<string>): Generator<string> {
  for (const record of records) yield* [record, record];
}

/** A table of TAB-separated lines without some columns; any other answer as it is. */
function withoutColumns(answer: Answer, columns: readonly string[]): Answer {
  const names = answer.head.trimEnd().split('\t');
  if (names.length < 2 || answer.records === undefined) return answer;
  const kept = names.flatMap((name, at) => (columns.includes(name) ? [] : [at]));
  const shorten = (line: string) => {
    const cells = line.trimEnd().split('\t');
    return `${kept.map((at) => cells[at] ?? '').join('\t')}\n`;
  };
  const lines = answer.records;
  return {
    ...answer,
    head: shorten(answer.head),
    records: (function* () {
      for (const line of lines) yield shorten(line);
    })(),
  };
}
