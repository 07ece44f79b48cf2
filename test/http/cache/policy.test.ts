import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { cacheKey, type KeyParts } from '../../../src/http/cache/key.ts';
import { isFresh, isStorable, REFUSAL, revalidationHeaders } from '../../../src/http/cache/policy.ts';
import { publicUrl, secretValues } from '../../../src/http/secrets/public-url.ts';

const NOW = Date.UTC(2026, 0, 1);
const at = (secondsAgo: number, status = 200) => ({
  status,
  checkedAs: 'text',
  fetchedAt: new Date(NOW - secondsAgo * 1000).toISOString(),
});

test.each([
  [0, 3600, true],
  [3599.999, 3600, true],
  [3600, 3600, false],
  [3601, 3600, false],
  [0, 0, false],
  [-30, 3600, true],
  [-3600, 3600, false],
])('000-33: an answer of %d s ago with a ttl of %d s is fresh: %s', (age, ttl, fresh) => {
  expect(isFresh(at(age), ttl, NOW)).toBe(fresh);
});

test('a negative answer is believed for a day at most, a page that says why for an hour', () => {
  expect(isFresh(at(86_399, 404), 1e9, NOW)).toBe(true);
  expect(isFresh(at(86_400, 404), 1e9, NOW)).toBe(false);
  expect(isFresh(at(86_400, 200), 1e9, NOW)).toBe(true);
  expect(isFresh({ ...at(3599), checkedAs: REFUSAL }, 1e9, NOW)).toBe(true);
  expect(isFresh({ ...at(3600), checkedAs: REFUSAL }, 1e9, NOW)).toBe(false);
  expect(isFresh({ ...at(60), checkedAs: REFUSAL }, 60, NOW)).toBe(false);
});

test.each([
  [200, 60, true],
  [204, 60, true],
  [404, 60, true],
  [410, 60, true],
  [200, 0, false],
  [304, 60, false],
  [400, 60, false],
  [500, 60, false],
])('status %i with ttl %i is stored: %s', (status, ttl, stored) => {
  expect(isStorable(status, ttl)).toBe(stored);
});

test('an entity tag asks before a date, and a negative answer asks with nothing', () => {
  const headers = { etag: '"a"', 'last-modified': 'yesterday' };
  const good = { status: 200, checkedAs: 'text' };
  expect(revalidationHeaders({ ...good, headers })).toEqual({ 'if-none-match': '"a"' });
  expect(revalidationHeaders({ ...good, headers: { 'last-modified': 'x' } })).toEqual({ 'if-modified-since': 'x' });
  expect(revalidationHeaders({ ...good, headers: {} })).toBeNull();
  expect(revalidationHeaders({ ...good, status: 404, headers })).toBeNull();
  expect(revalidationHeaders({ status: 200, checkedAs: REFUSAL, headers })).toBeNull();
});

const PARTS: KeyParts = {
  handler: 'geo',
  request: { url: '' },
  method: 'GET',
  shownUrl: 'https://eutils.ncbi.nlm.nih.gov/esearch.fcgi?db=sra&term=a',
  payload: null,
  apiUrl: null,
  credential: null,
};

test('000-35: the name is the md5 of the key that the handler gives', () => {
  const key = cacheKey({ ...PARTS, handler: 'custom', request: { ...PARTS.request, cacheAs: 'sample_CUSTOM123456' } });
  expect(key.name).toBe('custom/fa931a4577cb9013032f37570e44b630');
  expect(key.hash).toBe(createHash('sha256').update('sample_CUSTOM123456').digest('hex'));
});

test.each([
  ['key', `${PARTS.shownUrl}&api_key=secret`],
  ['contact and tool', PARTS.shownUrl.replace('db=', 'email=a%40b.c&tool=x&db=')],
  ['user and password', PARTS.shownUrl.replace('://', '://user:password@')],
  ['fragment', `${PARTS.shownUrl}#there`],
])('keys do not differ by %s', (_, url) => {
  expect(cacheKey({ ...PARTS, shownUrl: publicUrl(url) })).toEqual(cacheKey(PARTS));
});

test('keys do not differ by the key in a form', () => {
  const form = (fields: Record<string, string>) => cacheKey({ ...PARTS, payload: { type: 'form', fields } });
  expect(form({ db: 'sra', api_key: 'k' })).toEqual(form({ db: 'sra' }));
});

test('keys differ by all that changes an answer', () => {
  const variants: Partial<KeyParts>[] = [
    {},
    { shownUrl: PARTS.shownUrl.replace('term=a', 'term=b') },
    { method: 'POST' },
    { payload: { type: 'form', fields: { a: '1' } } },
    { payload: { type: 'form', fields: { a: '2' } } },
    { payload: { type: 'json', text: '{"a":"1"}' } },
    { request: { ...PARTS.request, headers: { Accept: 'text/csv' } } },
    { request: { ...PARTS.request, cacheAs: 'x' } },
    { request: { ...PARTS.request, cacheAs: 'x' }, apiUrl: 'http://127.0.0.1:9' },
    { handler: 'insdc' },
    { credential: { text: 'one', secret: 's' } },
    { credential: { text: 'two', secret: 's' } },
    { credential: { text: 'one', secret: 't' } },
  ];
  const names = variants.map((variant) => cacheKey({ ...PARTS, ...variant }).name);
  expect(new Set(names).size).toBe(variants.length);
});

test('an address is shown without secrets, and otherwise letter by letter', () => {
  expect(publicUrl('https://u:p@x.org/a?b=c+d%2Be&API_KEY=1&token=2&f=%zz#g')).toBe('https://x.org/a?b=c+d%2Be&f=%zz');
  expect(publicUrl('https://x.org/a?api_key=1')).toBe('https://x.org/a');
});

test.each([
  // Signed addresses of storage: AWS in its two forms, Google, Alibaba, Azure, CloudFront.
  'X-Amz-Credential=AKIA%2F20261121%2Feu-west-1%2Fs3%2Faws4_request',
  'X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0',
  'X-Amz-Security-Token=IQoJb3JpZ2luX2VjE',
  'AWSAccessKeyId=AKIA1',
  'Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D',
  'X-Goog-Signature=247a2aa4',
  'GoogleAccessId=me%40project.iam.gserviceaccount.com',
  'x-oss-signature=77Dv',
  'sig=yHBFYVkVnVBKOGFhbQx%2FZ1bA5Ck0AHYhZ7aeBC4%3D',
  'Signature=kbyTGNGKMpJmzhWLcuG2SZBLhWVTlLT0mAvk-oSgxAkZC7NULqcAbHm-JbFxQdt4Yg__',
  // Keys of services.
  'key=AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY',
  'api_key=1',
  'apiKey=1',
  'x-api-key=1',
  'subscription-key=1',
  'token=1',
  'access_token=1',
  'refresh_token=1',
  'id_token=1',
  'client_secret=1',
  'clientSecret=1',
  'password=1',
  'jwt=1',
])('no address that is shown or stored holds %s', (pair) => {
  expect(publicUrl(`https://x.org/a?b=1&${pair}&c=2`)).toBe('https://x.org/a?b=1&c=2');
  const [own] = new URLSearchParams(pair);
  expect(secretValues(new URLSearchParams(pair))).toEqual(own);
});

test.each([
  'db=sra&query_key=1&WebEnv=MCID_6560b1a1f0e1c33d3a4c2f11&retstart=0&retmax=500&rettype=full&retmode=xml',
  'acc=GSE192391&targ=gsm&form=text&view=brief',
  'type=rnaseq_counts&format=file&acc=GSE164073&file=GSE164073_raw_counts_GRCh38.p13_NCBI.tsv.gz',
  'accession=PRJNA796339&result=read_run&fields=run_accession,fastq_ftp,fastq_md5&format=tsv&limit=0',
  'query=tax_id%3D9606&includeMetagenomes=true&dataPortal=ena&offset=10',
  'text=lung&filter=attr%3Aorganism%3AHomo%20sapiens&cursor=AoE%2FGVNBTUVBMTE%3D&size=20',
  'nextToken=djAxMjM0NTY3ODkwMTIzNDU2Nzg5MA%3D%3D&page_token=CAUQAA&continuation-token=1ueGcxLPRx1Tr',
  'key=GSE192391&sort_key=date&keyword=liver&keys=a,b&monkey=1',
  'key=HALLMARK_TNFA_SIGNALING_VIA_NFKB&signature=LJP005_A375_24H%3AA19&sig=0.05',
  'key=SRR15852393,SRR15852394,SRR15852395&sign=plus&passed=true&tokens=3&author=Secretan',
  'X-Amz-Date=20261121T120000Z&X-Amz-Expires=3600&Expires=1795262400&Policy=public',
])('what is no credential is shown and stored as it is: %s', (search) => {
  const address = `https://x.org/a?${search}`;
  expect(publicUrl(address)).toBe(address);
  expect(secretValues(new URL(address).searchParams)).toEqual([]);
});
