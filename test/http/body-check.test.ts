import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bodyOfBytes } from '../../src/http/body/body.ts';
import { checkBody, checkMediaType } from '../../src/http/body/body-check.ts';
import { BODY_FAULTS, type BodyFaultKind } from '../../src/ports/body-faults.ts';
import type { BodyExpectation } from '../../src/ports/http.ts';

const JSON_BODY: BodyExpectation = { kind: 'json' };
const XML: BodyExpectation = { kind: 'xml', roots: ['EXPERIMENT_PACKAGE_SET', 'eSearchResult'] };
const TSV: BodyExpectation = { kind: 'tsv', column: 'run_accession' };
const SOFT: BodyExpectation = { kind: 'soft', gzip: false };
const SOFT_GZ: BodyExpectation = { kind: 'soft', gzip: true };
const TEXT: BodyExpectation = { kind: 'text' };
const CSV: BodyExpectation = { kind: 'csv', column: 'Run', firstCell: /^[SED]RR\d+$/ };
/** As NCBI answers an address that it has blocked (2016 to 2026), and as its pages answer what they take for a robot. */
const BLOCKED =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">\n<html>\n<head>\n<title>NCBI - WWW Error Blocked Diagnostic</title>\n</head><body><h1 class="error">Error</h1><p>Your access to the NCBI website at www.ncbi.nlm.nih.gov has been temporarily blocked due to a possible misuse/abuse situation involving your site.</p></body></html>\n';
const RECAPTCHA =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Checking your browser - reCAPTCHA</title><script src="https://www.google.com/recaptcha/enterprise.js"></script></head><body></body></html>\n';
const CLOUDFLARE =
  '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head><body></body></html>';
const GEO_PAGE = (sentence: string) =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML//EN">\n<HTML><HEAD></HEAD><BODY>${sentence}</BODY></HTML>`;

async function check(expectation: BodyExpectation, body: string | Uint8Array, status = 200) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return checkBody(expectation, bodyOfBytes(bytes), status);
}

const SOFT_TEXT = '^SAMPLE = GSM1\r\n!Sample_title = a\r\n';
const GZIP = gzipSync(SOFT_TEXT.repeat(2000));
const NO_SOFT_GZ = gzipSync('hello\n');

const good: [string, BodyExpectation, string | Uint8Array, number?][] = [
  ['JSON', JSON_BODY, '{"esearchresult":{"count":"0","errorlist":{"phrasesnotfound":["x"]}}}'],
  ['an empty JSON list', JSON_BODY, '[]'],
  ['JSON with a raw newline inside a string', JSON_BODY, '{"a":"x\ny"}'],
  ['JSON with an empty error', JSON_BODY, '{"error":"","b":1}'],
  ['XML', XML, '<?xml version="1.0" ?>\n<EXPERIMENT_PACKAGE_SET>\n<A/></EXPERIMENT_PACKAGE_SET>\n'],
  [
    'XML with mark, comment and document type',
    XML,
    '\uFEFF<?xml version="1.0"?> <!-- x --><!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD" "https://x/y.dtd">\n<eSearchResult a="1>2"><Count>0</Count></eSearchResult> <!-- end -->\n',
  ],
  ['an empty XML root', XML, '<EXPERIMENT_PACKAGE_SET/>'],
  ['a deeper <ERROR> that is data', XML, '<eSearchResult><A><ERROR>x</ERROR></A><B/></eSearchResult>'],
  ['TSV', TSV, 'study\trun_accession\nA\tSRR1\n'],
  ['TSV with a header only', TSV, 'run_accession\n'],
  ['nothing, for TSV', TSV, ''],
  ['204, for JSON', JSON_BODY, '', 204],
  ['SOFT', SOFT, SOFT_TEXT],
  ['a gzip file of SOFT', SOFT_GZ, GZIP],
  ['any text', TEXT, 'whatever'],
  ['a run table', CSV, 'Run,ReleaseDate,spots\nSRR1,"2020-01-01, noon",5\n\n'],
  ['a run table without its heading', CSV, 'SRR1,2020-01-01,5\n'],
  ['a run table of nothing', CSV, '\n'],
  ['nothing, for CSV', CSV, ''],
];

test.each(good)('good: %s', async (_, expectation, body, status) => {
  expect(await check(expectation, body, status)).toBeNull();
});

const bad: [string, BodyExpectation, string | Uint8Array, BodyFaultKind, boolean][] = [
  ['HTML instead of JSON', JSON_BODY, '<html><body>down</body></html>', 'html', true],
  ['NCBI has blocked the address', JSON_BODY, BLOCKED, 'captcha', true],
  ['a captcha instead of XML', XML, RECAPTCHA, 'captcha', true],
  ['a captcha instead of SOFT', SOFT, RECAPTCHA, 'captcha', true],
  ['a captcha instead of a gzip file', SOFT_GZ, RECAPTCHA, 'captcha', true],
  ['a challenge of Cloudflare', TSV, CLOUDFLARE, 'captcha', true],
  ['a challenge of Cloudflare, for text', TEXT, CLOUDFLARE, 'captcha', true],
  ['bytes instead of JSON', JSON_BODY, '\u0000\u0001\u0000', 'garbage', true],
  ['bytes instead of XML', XML, '\u0007\u0000%!', 'garbage', true],
  ['bytes instead of TSV', TSV, '\u0000run_accession\n', 'garbage', true],
  ['bytes instead of a gzip file', SOFT_GZ, '\u0000\u0001\u0000', 'garbage', true],
  ['a gzip file instead of XML', XML, GZIP, 'garbage', true],
  [
    'an expired session',
    XML,
    '<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>',
    'expired',
    false,
  ],
  ['HTML instead of CSV', CSV, '<!DOCTYPE html><html></html>', 'html', true],
  ['XML instead of TSV', TSV, '<?xml version="1.0"?>\n<RunSet/>\n', 'wrong_type', true],
  ['JSON instead of CSV', CSV, '{"a":1}\n', 'wrong_type', true],
  ['CSV cut in a quoted cell', CSV, 'Run,x\nSRR1,"a\n', 'cut', true],
  ['CSV without the last newline', CSV, 'Run,x\nSRR1,5', 'cut', true],
  ['an error instead of CSV', CSV, 'Cannot process the request\n', 'error_text', false],
  ['HTML instead of XML', XML, '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html></html>', 'html', true],
  ['HTML instead of TSV', TSV, '  <!doctype html>\n<!-- a --><html lang="en">run_accession', 'html', true],
  ['HTML instead of a gzip file', SOFT_GZ, GEO_PAGE('x'), 'html', true],
  ['HTML instead of text', TEXT, '<!-- x -->\n<HTML>', 'html', true],
  ['a page without a word of GEO', SOFT, GEO_PAGE('down'), 'html', true],
  ['GEO: no such record', SOFT, GEO_PAGE('Could not find a public or private accession "GSM0"'), 'answer', false],
  [
    'GEO: private',
    SOFT,
    GEO_PAGE('Accession "GSM1" is currently private and is scheduled to be released on Jan 01, 2030.'),
    'answer',
    false,
  ],
  ['GEO: deleted', SOFT, GEO_PAGE('Accession "GSM1" was deleted by the GEO staff on May 1, 2011.'), 'answer', false],
  ['GEO: not approved', SOFT, GEO_PAGE('GSM1 is not yet approved by GEO curators'), 'answer', false],
  [
    'too many UIDs',
    JSON_BODY,
    '{"header":{},"error":"Too many UIDs in request. Maximum number of UIDs is 500"}',
    'error_text',
    false,
  ],
  ['a bad UID', JSON_BODY, '{"error":"Invalid uid abc at position= 0","result":{"uids":[]}}', 'error_text', false],
  [
    'JSON over 10 MB',
    JSON_BODY,
    '{"eutilsresult":{"ERROR":"Input XML size is 1, the max size is 10MB"}}',
    'error_text',
    false,
  ],
  ['error forwarding request', JSON_BODY, '{"error":"error forwarding request","count":"1"}', 'trouble', true],
  [
    'MegaLink',
    XML,
    '<eSearchResult><ERROR>callMLink: Query failed on MegaLink server</ERROR></eSearchResult>',
    'trouble',
    true,
  ],
  ['pmquerysrv', JSON_BODY, '{"esearchresult":{"ERROR":"Couldn\'t resolve #pmquerysrv-mz\n"}}', 'trouble', true],
  ['<ERROR> first', XML, '<eFetchResult>\n\t<ERROR>ID list is empty!</ERROR>\n</eFetchResult>', 'error_text', false],
  [
    '<ERROR> last',
    XML,
    '<EXPERIMENT_PACKAGE_SET><A/>\n<ERROR>failed</ERROR>\n</EXPERIMENT_PACKAGE_SET>',
    'error_text',
    false,
  ],
  ['text instead of XML', XML, 'Error: CEFetchPApplication::proxy_stream()', 'trouble', true],
  ['JSON instead of XML', XML, '{"a":1}', 'wrong_type', true],
  ['another root', XML, '<RunSet></RunSet>', 'wrong_root', true],
  ['XML without its end', XML, '<EXPERIMENT_PACKAGE_SET><A></A>', 'cut', true],
  ['XML cut in the root', XML, '<?xml version="1.0"?><EXPERIMENT_PACK', 'cut', true],
  ['JSON without its end', JSON_BODY, '{"result":{"uids":["1","2"', 'cut', true],
  ['TSV without the last newline', TSV, 'run_accession\tx\nSRR1\t', 'cut', true],
  ['ENA says no in text', TSV, 'Invalid fieldName(s) supplied: x\n', 'error_text', false],
  ['SOFT without the last newline', SOFT, '^SAMPLE = GSM1\r\n!Sample_tit', 'cut', true],
  ['text instead of SOFT', SOFT, 'oops\n', 'wrong_type', true],
  ['a cut gzip file', SOFT_GZ, GZIP.subarray(0, GZIP.length - 6), 'cut', true],
  ['a damaged gzip file', SOFT_GZ, Buffer.concat([GZIP.subarray(0, 40), GZIP.subarray(44)]), 'cut', true],
  ['a gzip file of something else', SOFT_GZ, NO_SOFT_GZ, 'wrong_type', true],
  ['nothing, for XML', XML, '', 'empty', true],
  ['nothing, for JSON', JSON_BODY, '', 'empty', true],
];

test.each(bad)('bad: %s', async (_, expectation, body, kind, isRetried) => {
  expect(await check(expectation, body)).toMatchObject({ kind });
  expect(BODY_FAULTS[kind].retry).toBe(isRetried);
});

/** Kinds that only the reader of the records sees, or the counter of bytes. */
const NOT_OF_A_BODY: readonly string[] = [
  'wrong_header',
  'malformed',
  'incomplete',
  'too_large',
  'too_few',
  'other_records',
];

test('every kind of the table that a body shows is shown by one above', () => {
  const shown = new Set(bad.map(([, , , kind]) => kind));
  const kinds = Object.keys(BODY_FAULTS).filter((kind) => !NOT_OF_A_BODY.includes(kind));
  expect(kinds.filter((kind) => !shown.has(kind as BodyFaultKind))).toEqual([]);
});

test.each([
  ['SOFT as geo/text', SOFT, SOFT_TEXT, 'geo/text', null],
  ['TSV as octet-stream', TSV, 'run_accession\n', 'application/octet-stream', null],
  ['TSV without a type', TSV, 'run_accession\n', undefined, null],
  ['TSV as a web page', TSV, 'run_accession\n', 'text/html; charset=UTF-8', 'html'],
  ['text as a web page', TEXT, 'hello', 'application/xhtml+xml', 'html'],
  ['XML, which proves itself, as a web page', XML, '<eSearchResult/>', 'text/html', null],
  ['JSON, which proves itself, as a web page', JSON_BODY, '{}', 'text/html', null],
] as const)('media type: %s', (_, expectation, body, type, kind) => {
  const complaint = checkMediaType(expectation, bodyOfBytes(new TextEncoder().encode(body)), type);
  expect(complaint?.kind ?? null).toBe(kind);
});
