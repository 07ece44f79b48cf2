import type { BodyExpectation } from '../../ports/http.ts';
import type { RawBody } from './body.ts';
import { checkCsv } from './body-check-csv.ts';
import { checkXml } from './body-check-xml.ts';
import {
  type Complaint,
  cutComplaint,
  EMPTY_COMPLAINT,
  errorTextComplaint,
  GARBAGE_COMPLAINT,
  htmlComplaint,
  isHtml,
  wrongTypeComplaint,
} from './complaint.ts';
import { gunzip } from './gunzip.ts';

/** Bytes that a JSON answer may have where a request raises its bound of 64 MiB: it is parsed whole, and a text ends at 512 MB. */
const JSON_LIMIT = 256 * 1024 * 1024;

/** Bytes at the start in which a NUL tells that a body is no text. */
const TEXT_PROBE = 4096;

/** What a check finds: at once where the body's ends tell, later where it has to be read. */
export type Checked = Complaint | null | Promise<Complaint | null>;

/** Says why a body that came under a good status is no data; null when it is good. `status` 204 is an empty answer. */
export function checkBody(expect: BodyExpectation, body: RawBody, status: number): Checked {
  if (expect.kind === 'headers') return null;
  // ENA answers a search without hits with 204, or with a header line; NCBI's run table of nothing has no header.
  const mayBeEmpty = expect.kind === 'tsv' || expect.kind === 'csv' || status === 204;
  if (body.size === 0) return mayBeEmpty ? null : EMPTY_COMPLAINT;
  if (expect.kind === 'soft' && expect.gzip) return checkGzipSoft(body);
  if (isBinary(body.head)) return GARBAGE_COMPLAINT;
  const head = body.headText;
  if (isHtml(head)) return htmlComplaint(head);
  switch (expect.kind) {
    case 'json':
      return checkJson(head, body);
    case 'xml':
      return checkXml(head, tailOf(body), expect.roots);
    case 'tsv':
      return checkTsv(head, tailOf(body), expect.column);
    case 'csv':
      return checkCsv(head, body, expect);
    case 'soft':
      return checkSoft(head, tailOf(body));
    case 'text':
      return null;
  }
}

/**
 * Says why a body that looks good is none after all: a text form has no structure that proves it, so that the media type
 * of a web page speaks against it. Any other type is believed less than the body: archives send TSV, SOFT and XML as
 * `text/plain`, `geo/text` or `application/octet-stream`.
 */
export function checkMediaType(expect: BodyExpectation, body: RawBody, type = ''): Complaint | null {
  if (expect.kind === 'headers') return null;
  const isPage = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type);
  const isProven = expect.kind === 'json' || expect.kind === 'xml' || (expect.kind === 'soft' && expect.gzip);
  if (!isPage || isProven || body.size === 0) return null;
  return { kind: 'html', what: `a body that calls itself a web page (${type.trim()})` };
}

function tailOf({ tail }: RawBody): string {
  return new TextDecoder().decode(tail);
}

function isBinary(head: Uint8Array): boolean {
  if (head[0] === 0x1f && head[1] === 0x8b) return true;
  const probe = head.byteLength <= TEXT_PROBE ? head : head.subarray(0, TEXT_PROBE);
  return probe.includes(0);
}

function checkJson(head: string, body: RawBody): Checked {
  if (!/^\s*[[{"\-\dtfn]/.test(head)) return wrongTypeComplaint('JSON', head);
  if (body.size > JSON_LIMIT) return { kind: 'too_large', what: `${body.size} bytes of JSON` };
  try {
    const parsed = body.jsonInMemory();
    return parsed === null ? body.json().then(checkValue, notParsed) : checkValue(parsed.value);
  } catch {
    return notParsed();
  }
}

function checkValue(value: unknown): Complaint | null {
  const error = errorMember(value);
  return error === null ? null : errorTextComplaint(error);
}

function notParsed(): Complaint {
  return cutComplaint('JSON that does not parse');
}

/** The text of E-utilities' `error`, `eutilsresult.ERROR` or `esearchresult.ERROR`. */
function errorMember(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { error, eutilsresult, esearchresult } = value as Record<string, unknown>;
  if (typeof error === 'string' && error !== '') return error;
  if (typeof error === 'object' && error !== null) return JSON.stringify(error);
  for (const result of [eutilsresult, esearchresult]) {
    const text = (result as { ERROR?: unknown } | null | undefined)?.ERROR;
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}

function checkTsv(head: string, tail: string, column: string): Complaint | null {
  const [first = '', ...rest] = head.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!first.split('\t').includes(column)) {
    // A header that is cut before its end could still hold the column.
    if (rest.length === 0 && first.includes('\t')) return cutComplaint('no end of the header line');
    return /^\s*[<{]/.test(head) ? wrongTypeComplaint('table', head) : errorTextComplaint(head);
  }
  return tail.endsWith('\n') ? null : cutComplaint('no newline at the end');
}

function checkSoft(head: string, tail: string): Complaint | null {
  if (!head.replace(/^\uFEFF?\s*/, '').startsWith('^')) return wrongTypeComplaint('SOFT text', head);
  return tail.endsWith('\n') ? null : cutComplaint('no newline at the end');
}

async function checkGzipSoft(body: RawBody): Promise<Complaint | null> {
  if (body.head[0] !== 0x1f || body.head[1] !== 0x8b) {
    if (isBinary(body.head)) return GARBAGE_COMPLAINT;
    const head = body.headText;
    return isHtml(head) ? htmlComplaint(head) : wrongTypeComplaint('gzip file', head);
  }
  try {
    let start: string | null = null;
    for await (const chunk of gunzip(body.stream())) {
      start ??= new TextDecoder().decode(chunk.subarray(0, 512));
    }
    return start?.trimStart().startsWith('^') ? null : wrongTypeComplaint('SOFT text in the gzip file', start ?? '');
  } catch {
    return cutComplaint('gzip that does not inflate to its end');
  }
}
