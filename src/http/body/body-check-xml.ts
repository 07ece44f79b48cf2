import {
  type Complaint,
  cutComplaint,
  errorTextComplaint,
  strayTextComplaint,
  withoutProlog,
  wrongTypeComplaint,
} from './complaint.ts';

const DOCTYPE = /^<!DOCTYPE\s[^[>]*(?:\[[\s\S]*?\]\s*)?>/i;
const START_TAG = /^<([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/;
const CHILD_ERROR = /^<(ERROR)>([\s\S]*?)<\/\1>/i;

/** Checks the root, its closing tag and an `<ERROR>` child, from the first and last bytes; the rest is the parser's. */
export function checkXml(head: string, tail: string, roots: readonly string[]): Complaint | null {
  const document = afterDoctype(head);
  const start = START_TAG.exec(document);
  if (start === null) {
    // A tag that begins but does not end is a cut one; anything else is another format.
    return /^<[A-Za-z_!?][^>]*$/.test(document) ? cutComplaint('no root element') : textInsteadOfXml(head);
  }
  const [tag, root = '', , selfClosed] = start;
  const error = errorChild(document.slice(tag.length), tail, root);
  if (error !== null) return errorTextComplaint(error);
  if (/^error(details|response)?$/i.test(root)) return errorTextComplaint(document.replace(/<[^<>]*>/g, ' '));
  if (!roots.includes(root)) return wrongTypeComplaint(`${roots.join(' or ')} document`, head, 'wrong_root');
  if (selfClosed === '/' || endsWithTag(tail, root)) return null;
  return cutComplaint(`no </${root}>`);
}

function afterDoctype(head: string): string {
  return withoutProlog(withoutProlog(head).replace(DOCTYPE, ''));
}

/** The text of an `<ERROR>` that is the first or the last child of the root. */
function errorChild(content: string, tail: string, root: string): string | null {
  const first = CHILD_ERROR.exec(withoutProlog(content))?.[2];
  if (first !== undefined) return first;
  const last = new RegExp(`<(ERROR)>([^<]*)</\\1>\\s*</${escaped(root)}\\s*>\\s*$`, 'i').exec(tail)?.[2];
  return last ?? null;
}

function endsWithTag(tail: string, root: string): boolean {
  const end = withoutLastComments(tail);
  return end.endsWith('>') && end.slice(0, -1).trimEnd().endsWith(`</${root}`);
}

function withoutLastComments(tail: string): string {
  let end = tail.trimEnd();
  while (end.endsWith('-->') && end.includes('<!--')) end = end.slice(0, end.lastIndexOf('<!--')).trimEnd();
  return end;
}

function textInsteadOfXml(head: string): Complaint {
  return /^\s*</.test(head) || /^\s*[{[]/.test(head) ? wrongTypeComplaint('XML', head) : strayTextComplaint(head);
}

function escaped(name: string): string {
  return name.replace(/[.]/g, '\\.');
}
