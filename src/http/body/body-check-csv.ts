import type { BodyExpectation } from '../../ports/http.ts';
import type { RawBody } from './body.ts';
import { type Complaint, cutComplaint, errorTextComplaint, wrongTypeComplaint } from './complaint.ts';

const QUOTE = 0x22;

/** Checks the heading, or the first cell where there is none, the quotes and the end of a comma-separated table. */
export async function checkCsv(
  head: string,
  body: RawBody,
  { column, firstCell }: Extract<BodyExpectation, { kind: 'csv' }>,
): Promise<Complaint | null> {
  if (head.trim() === '') return null;
  const [first = ''] = head.replace(/^\uFEFF?\s*/, '').split(/\r?\n/);
  const cells = first.split(',').map((cell) => cell.replace(/^"|"$/g, '').trim());
  if (!cells.includes(column) && firstCell?.test(cells[0] ?? '') !== true) {
    return /^[<{]/.test(first) ? wrongTypeComplaint('table', head) : errorTextComplaint(head);
  }
  if (body.tail.at(-1) !== 0x0a) return cutComplaint('no newline at the end');
  let isOpen = false;
  for await (const chunk of body.stream()) {
    for (let at = chunk.indexOf(QUOTE); at !== -1; at = chunk.indexOf(QUOTE, at + 1)) isOpen = !isOpen;
  }
  return isOpen ? cutComplaint('a quote that does not close') : null;
}
