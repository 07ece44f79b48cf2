import type { BodyExpectation } from '../ports/http.ts';
import type { RawBody } from './body.ts';
import { checkXml } from './body-check-xml.ts';
import {
  type Complaint,
  cutComplaint,
  EMPTY_COMPLAINT,
  errorTextComplaint,
  htmlComplaint,
  isHtml,
  wrongTypeComplaint,
} from './complaint.ts';
import { gunzip } from './gunzip.ts';
import { parseJson } from './parse-json.ts';

/** Bytes that a JSON answer may have, since it is parsed whole: E-utilities stop at 10 MB, the largest pages of ENA at some 50 MB. */
const JSON_LIMIT = 256 * 1024 * 1024;

/** Says why a body that came under a good status is no data; null when it is good. `status` 204 is an empty answer. */
export async function checkBody(expect: BodyExpectation, body: RawBody, status: number): Promise<Complaint | null> {
  // ENA answers a search without hits with 204, or with a header line.
  if (body.size === 0) return expect.kind === 'tsv' || status === 204 ? null : EMPTY_COMPLAINT;
  const head = new TextDecoder().decode(body.head);
  const tail = new TextDecoder().decode(body.tail);
  switch (expect.kind) {
    case 'json':
      return checkJson(head, body);
    case 'xml':
      return checkXml(head, tail, expect.roots);
    case 'tsv':
      return checkTsv(head, tail, expect.column);
    case 'soft':
      return expect.gzip ? checkGzipSoft(head, body) : checkSoft(head, tail);
    case 'text':
      return isHtml(head) ? htmlComplaint(head) : null;
  }
}

async function checkJson(head: string, body: RawBody): Promise<Complaint | null> {
  if (isHtml(head)) return htmlComplaint(head);
  if (!/^\s*[[{"\-\dtfn]/.test(head)) return wrongTypeComplaint('JSON', head);
  if (body.size > JSON_LIMIT) return { kind: 'too_large', what: `${body.size} bytes of JSON`, transient: false };
  let value: unknown;
  try {
    value = parseJson(await body.text());
  } catch {
    return cutComplaint('JSON that does not parse');
  }
  const error = errorMember(value);
  return error === null ? null : errorTextComplaint(error);
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
  if (isHtml(head)) return htmlComplaint(head);
  const [first = '', ...rest] = head.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!first.split('\t').includes(column)) {
    // A header that is cut before its end could still hold the column.
    return rest.length === 0 && first.includes('\t')
      ? cutComplaint('no end of the header line')
      : errorTextComplaint(head);
  }
  return tail.endsWith('\n') ? null : cutComplaint('no newline at the end');
}

function checkSoft(head: string, tail: string): Complaint | null {
  if (isHtml(head)) return htmlComplaint(head);
  if (!head.replace(/^\uFEFF?\s*/, '').startsWith('^')) return wrongTypeComplaint('SOFT text', head);
  return tail.endsWith('\n') ? null : cutComplaint('no newline at the end');
}

async function checkGzipSoft(head: string, body: RawBody): Promise<Complaint | null> {
  if (body.head[0] !== 0x1f || body.head[1] !== 0x8b) {
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
