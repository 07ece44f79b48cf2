import { type Answer, jsonAnswer, xmlAnswer } from './answer.ts';
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
  | { readonly kind: 'garbage' };

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
        `<?xml version="1.0" encoding="UTF-8" ?>\n<eFetchResult>\n\t<ERROR>${fault.message ?? 'callMLink: Query failed on MegaLink server'}</ERROR>\n</eFetchResult>\n`,
      );
    case 'media-type':
      return { ...good(), type: fault.type };
    case 'empty':
      return { ...withoutRecords(good()), head: '', tail: '' };
    case 'header-only':
      return withoutRecords(good());
    case 'garbage':
      return { ...withoutRecords(good()), head: '\u0000\u0001\ufffd\u0007%!\u0000'.repeat(64), tail: '' };
    default:
      return good();
  }
}

/** Where a fault ends the answer; undefined: it comes whole. */
export function endingOf(fault: Fault | undefined): Ending | undefined {
  if (fault?.kind === 'cut') return { bytes: fault.bytes, end: fault.clean === true ? 'clean' : 'broken' };
  if (fault?.kind === 'hang' && fault.bytes !== undefined) return { bytes: fault.bytes, end: 'hang' };
  return undefined;
}

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

function withoutRecords(answer: Answer): Answer {
  return { ...answer, records: [] };
}
