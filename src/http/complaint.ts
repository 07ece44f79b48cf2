/** How a body lies. */
type ComplaintKind = 'html' | 'cut' | 'error_text' | 'wrong_type' | 'too_large' | 'empty';

/** Why a body under a good status is no data. */
export interface Complaint {
  readonly kind: ComplaintKind;
  /** What came, as the end of "<url> answered with …". */
  readonly what: string;
  /** True when asking again may help. */
  readonly transient: boolean;
}

/** Sentences of back-end trouble that passes, seen at E-utilities under status 200. */
const PASSING =
  /error forwarding request|MegaLink|Couldn't resolve #|pmquerysrv|proxy_stream|temporar(y|ily)|try again|timed? ?out|Search Backend failed|Internal Server Error|Bad Gateway|Service Unavailable/i;

/** Sentences of GEO's pages that are answers about the record, not trouble: asking again gives the same. */
const GEO_ANSWERS =
  /Could not find a public or private accession|is currently private|was deleted by the GEO staff|is not yet approved by GEO/i;

/** True when the text names trouble that passes. */
function isPassing(text: string): boolean {
  return PASSING.test(text);
}

/** True when the text is a web page: its first element is `html` or its document type says so. */
export function isHtml(head: string): boolean {
  const start = withoutProlog(head);
  return /^<!doctype\s+html/i.test(start) || /^<(html|head|body)[\s>]/i.test(start);
}

/** The complaint about a page; GEO's own sentences are final. */
export function htmlComplaint(head: string): Complaint {
  const title = /<title[^>]*>([^<]{1,120})/i.exec(head)?.[1];
  const what = title === undefined ? 'a web page' : `a web page ("${oneLine(title)}")`;
  return { kind: 'html', what, transient: !GEO_ANSWERS.test(head) };
}

/** The complaint about a text that says what went wrong. */
export function errorTextComplaint(text: string): Complaint {
  return { kind: 'error_text', what: `an error: ${oneLine(text).slice(0, 200)}`, transient: isPassing(text) };
}

/** The complaint about a body that ends early. */
export function cutComplaint(missing: string): Complaint {
  return { kind: 'cut', what: `a body that is cut (${missing})`, transient: true };
}

/** The complaint about a body of another form. Another attempt often brings the right one (a proxy's page, a back end's text). */
export function wrongTypeComplaint(wanted: string, head: string): Complaint {
  const start = oneLine(head.slice(0, 120));
  return { kind: 'wrong_type', what: `no ${wanted} but ${JSON.stringify(start)}`, transient: true };
}

/** The complaint about nothing. */
export const EMPTY_COMPLAINT: Complaint = { kind: 'empty', what: 'an empty body', transient: true };

/** Without byte-order mark, white space, comments and processing instructions at the start. */
export function withoutProlog(head: string): string {
  return head.replace(/^(?:\uFEFF|\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)+/, '');
}

/** Text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
