import { type BodyFaultKind, faultNamedIn } from '../../ports/body-faults.ts';

/** Why a body under a good status is no data. What follows is the row of its kind in `src/ports/body-faults.ts`. */
export interface Complaint {
  readonly kind: BodyFaultKind;
  /** What came, as the end of "<url> answered with …". */
  readonly what: string;
}

/** True when the text is a web page: its first element is `html` or its document type says so. */
export function isHtml(head: string): boolean {
  // Most bodies are none, which their first character tells.
  if (!/^\s*</.test(head)) return false;
  const start = withoutProlog(head);
  return /^<!doctype\s+html/i.test(start) || /^<(html|head|body)[\s>]/i.test(start);
}

/** The complaint about a page; what it says is looked up in the table. */
export function htmlComplaint(head: string): Complaint {
  const title = /<title[^<>]*>([^<]{1,120})/i.exec(head)?.[1];
  const named = faultNamedIn(head);
  const kind = named === 'captcha' || named === 'answer' ? named : 'html';
  const page = kind === 'captcha' ? 'a page that asks for a person' : 'a web page';
  return { kind, what: title === undefined ? page : `${page} ("${oneLine(title)}")` };
}

/** The complaint about a text that says what went wrong. */
export function errorTextComplaint(text: string): Complaint {
  const named = faultNamedIn(text);
  const kind = named === 'trouble' || named === 'expired' ? named : 'error_text';
  return { kind, what: `an error: ${oneLine(text).slice(0, 200)}` };
}

/** The complaint about a line of text where a document should be: a failing back end, whatever it says. */
export function strayTextComplaint(text: string): Complaint {
  return { ...errorTextComplaint(text), kind: 'trouble' };
}

/** The complaint about a body that ends early. */
export function cutComplaint(missing: string): Complaint {
  return { kind: 'cut', what: `a body that is cut (${missing})` };
}

/** The complaint about a body of another form. Another attempt often brings the right one (a proxy's page, a back end's text). */
export function wrongTypeComplaint(wanted: string, head: string, kind: BodyFaultKind = 'wrong_type'): Complaint {
  const start = oneLine(head.slice(0, 120));
  return { kind, what: `no ${wanted} but ${JSON.stringify(start)}` };
}

/** The complaint about nothing. */
export const EMPTY_COMPLAINT: Complaint = { kind: 'empty', what: 'an empty body' };

/** The complaint about bytes that are no text. */
export const GARBAGE_COMPLAINT: Complaint = { kind: 'garbage', what: 'bytes that are no text' };

/** Without byte-order mark, white space, comments and processing instructions at the start. */
export function withoutProlog(head: string): string {
  return head.replace(/^(?:\uFEFF|\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)+/, '');
}

/** Text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
