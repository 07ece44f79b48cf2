import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { bodyOfBytes } from '../src/http/body/body.ts';
import { checkBody } from '../src/http/body/body-check.ts';
import { checkXml } from '../src/http/body/body-check-xml.ts';
import { errorTextComplaint, htmlComplaint, isHtml } from '../src/http/body/complaint.ts';
import type { BodyExpectation } from '../src/ports/http.ts';

/** What an expression that looks back runs through for each of its characters: hours for a million of them. */
const LENGTH = 1024 * 1024;

/** Milliseconds: what is linear takes some ten; nothing is measured, an expression that never ends is ended. */
const BOUND = 60_000;

/** Runs what could hang, and ends it: a regular expression that runs lets no timer through. */
function bounded<T>(action: () => T): T {
  Object.assign(globalThis, { boundedAction: action });
  try {
    return new Script('boundedAction()').runInThisContext({ timeout: BOUND });
  } finally {
    Reflect.deleteProperty(globalThis, 'boundedAction');
  }
}

const many = (piece: string, length = LENGTH) => piece.repeat(Math.ceil(length / piece.length));

const EXPECTATIONS: readonly BodyExpectation[] = [
  { kind: 'json' },
  { kind: 'xml', roots: ['ROOT'] },
  { kind: 'tsv', column: 'run_accession' },
  { kind: 'csv', column: 'Run', firstCell: /^[SED]RR\d+$/ },
  { kind: 'soft', gzip: false },
  { kind: 'soft', gzip: true },
  { kind: 'text' },
];

const STARTS = [
  '',
  '<',
  '<!DOCTYPE ',
  '<!DOCTYPE html><title',
  '<html ',
  '<ROOT>',
  '<ROOT a',
  '<Error>',
  '<ROOT></ROOT>',
  '{',
];
const PIECES = [
  ' ',
  '\n',
  'a',
  '<',
  '<!--',
  '-->',
  '<!-- -->',
  '<?',
  '<title',
  '<ERROR>',
  '</ROOT> ',
  ' a="',
  '"',
  ',',
  '\t',
  '[',
];

test.each(STARTS)(
  'a body of 64 KiB that begins with "%s" and never becomes anything is judged for every form',
  (start) => {
    for (const piece of PIECES) {
      const body = bodyOfBytes(Buffer.from(`${start}${many(piece, 64 * 1024)} x`));
      for (const expectation of EXPECTATIONS) bounded(() => checkBody(expectation, body, 200));
    }
  },
);

test('blanks and comments behind the root are no matter for a check, nor is what stands behind them', () => {
  const check = (rest: string) => bounded(() => checkXml('<ROOT>', `<A/></ROOT>${rest}`, ['ROOT']));
  expect(check(many(' ', 4000))).toBeNull();
  expect(check(many(' <!-- a -->\n', 4000))).toBeNull();
  expect(check('</ROOT\n>')).toBeNull();
  expect(check(`${many(' ', 4000)}x`)?.kind).toBe('cut');
  expect(check(`${many('<!-- a --> ', 4000)}x`)?.kind).toBe('cut');
  expect(check(many('-->', 4000))?.kind).toBe('cut');
});

test.each([
  ['a document type', () => checkXml(`<!DOCTYPE ${many(' ')}`, '', ['ROOT'])?.kind, 'cut'],
  ['an error of tags', () => checkXml(`<Error>${many('<')}`, '', ['ROOT'])?.kind, 'error_text'],
  ['a page of titles', () => htmlComplaint(many('<title')).kind, 'html'],
  ['a prolog', () => isHtml(many('<!-- a -->')), false],
  ['a text of blanks', () => errorTextComplaint(`${many(' ')}x`).what, 'an error: x'],
])('%s of a million characters is judged', (_, judge, verdict) => {
  expect(bounded<unknown>(judge)).toBe(verdict);
});
