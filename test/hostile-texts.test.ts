import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { byAccession } from '../handlers/library/accession-order.ts';
import { lastPart } from '../handlers/library/archive-url.ts';
import { rolesOfNames } from '../handlers/library/name-marks.ts';
import { readGeoPage } from '../handlers/ncbi/geo-page.ts';
import { readSoftLine } from '../handlers/ncbi/soft-lines.ts';
import { parseListing } from '../src/cache/blob/s3/list-objects.ts';
import { bodyOfBytes } from '../src/http/body/body.ts';
import { checkBody } from '../src/http/body/body-check.ts';
import { checkXml } from '../src/http/body/body-check-xml.ts';
import { errorTextComplaint, htmlComplaint, isHtml } from '../src/http/body/complaint.ts';
import { readAccession } from '../src/id/accession.ts';
import { cleanIdText } from '../src/id/clean-text.ts';
import { readIdList } from '../src/id/id-list.ts';
import { expandRange } from '../src/id/range.ts';
import { pythonRows } from '../src/import/python-rows.ts';
import { recognise } from '../src/import/recognise.ts';
import type { BodyExpectation } from '../src/ports/http.ts';
import { settleCell } from '../src/records/settle-cell.ts';

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

const NO_FACTS = { layout: null, reads: null, readLengths: [] };
const DECIMAL = { name: 'share', type: 'decimal', precision: 9, scale: 2, description: '' } as const;

const pythonRow = (cells: Readonly<Record<string, string>>) =>
  pythonRows('srr', Object.keys(cells)).read(cells) as { readonly refused?: string };

test.each<[string, () => unknown, unknown]>([
  ['a line of SOFT', () => readSoftLine(`!Sample_a${many(' ')}x`), null],
  ['an entity of SOFT', () => readSoftLine(`^SAMPLE =${many(' ')}x\ry`), null],
  ['a page of scripts', () => readGeoPage(many('<script>'), 'GSM1').outcome, 'bad_response'],
  ['a page of script tags', () => readGeoPage(many('<script'), 'GSM1').outcome, 'bad_response'],
  ['a name of reads', () => rolesOfNames([`${many('.R1')}x`], NO_FACTS), [null]],
  ['an accession of digits', () => byAccession(`${many('0')}x`, 'SRR1'), -1],
  ['an address', () => lastPart(`https://x${many('/a?')}\n`), 'a'],
  ['a listing of S3', () => parseListing(`${many('<Contents>')}</ListBucketResult>`).next, null],
  ['a cell of blanks', () => cleanIdText(` a${many(' ')}x `).length, LENGTH + 2],
  ['an id of letters', () => readAccession(`S-${many('A')}`).ok, false],
  ['a range of blanks', () => expandRange(`A1${many(' ')}x`), null],
  ['a list of letters', () => readIdList(many('A')).given.length, 1],
  ['a list of comments', () => readIdList(`GSM1${many(' #')}\u2028`).given, ['GSM1']],
  ['a name of a file', () => recognise(`${many('a')}1`, ['key'], undefined), { table: 'samples' }],
  [
    'a link of Python',
    () => pythonRow({ key: 'SRR123456', raw_link: `https://x/a${many('?')}\nb` }).refused,
    undefined,
  ],
  ['a decimal', () => settleCell(DECIMAL, `${many('0')}x`), undefined],
  ['a fraction', () => settleCell(DECIMAL, `1.${many('0')}x`), undefined],
])('%s of a million characters is read', (_, read, result) => {
  expect(bounded(read)).toEqual(result);
});

test.each([
  ['0', '0.00'],
  ['-000', '0.00'],
  ['0012.500', '12.50'],
  ['-10.', '-10.00'],
  ['1000.10', '1000.10'],
  ['1.234', undefined],
  ['.5', undefined],
])('the decimal %s is settled as %s', (text, settled) => {
  expect(settleCell(DECIMAL, text)).toBe(settled);
});
