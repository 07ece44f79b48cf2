import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ENA_HOSTS } from '../../handlers/ena/hosts.ts';
import { accRecord, familyFile } from '../../handlers/ncbi/geo-requests.ts';
import { NCBI_HOSTS } from '../../handlers/ncbi/hosts.ts';
import { createOperatorBudgets } from '../../src/http/limit/operator-budget.ts';
import { createLocalSlots } from '../../src/http/limit/slot-source.ts';
import { prepareExchange } from '../../src/http/prepare.ts';
import { Stop } from '../../src/http/stop.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest | null = null;
afterEach(async () => {
  await under?.close();
  under = null;
});

/** A request as it goes down the layers. */
function prepared(request: HttpRequest, timeoutMs?: number) {
  const clock = createFakeClock();
  const budgets = createOperatorBudgets(createLocalSlots(clock));
  const limits = [...NCBI_HOSTS, ...ENA_HOSTS];
  const terms = { credential: null, origin: null };
  const hosts = new Map(limits.map((limit) => [limit.host, { limit, operator: budgets.declare(limit, terms) }]));
  const settings = { clock, random: () => 0, report: () => {}, userAgent: 'x', cache: null, spoolFolders: [] };
  const stack = timeoutMs === undefined ? settings : { ...settings, firstByteTimeoutMs: timeoutMs };
  const handler = { name: 'test', hosts: limits, ttl: 0 };
  return prepareExchange(request, request.expect, { stack, handler, hosts }, new Stop());
}

const tsv = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  expect: { kind: 'tsv', column: 'a' },
  ...more,
});
const EUTILS = 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils/x';
const ENA = 'https://www.ebi.ac.uk/ena/portal/api/';
const CHECK = { firstByteTimeoutMs: 10_000, evenInTrouble: true };

describe('milliseconds to the first byte', () => {
  test.each([
    ['the E-utilities', tsv(EUTILS), undefined, 30_000],
    ['a search of ENA', tsv(`${ENA}search`), undefined, 300_000],
    ['a report of ENA', tsv(`${ENA}filereport`), undefined, 300_000],
    ['acc.cgi', accRecord('GSE1', 'self'), undefined, 180_000],
    ['a family file', familyFile('GSE1'), undefined, 30_000],
    ['a request that says so', tsv(ENA, { firstByteTimeoutMs: 5000 }), undefined, 5000],
    ['all, when it is configured', tsv(`${ENA}search`), 7000, 7000],
    ['one that says so, when it is configured', tsv(EUTILS, { firstByteTimeoutMs: 5000 }), 7000, 7000],
    ['a check', tsv(`${ENA}results`, CHECK), undefined, 10_000],
    ['a check, when a longer one is configured', tsv(ENA, CHECK), 600_000, 10_000],
    ['a check, when a shorter one is configured', tsv(ENA, CHECK), 2000, 2000],
  ])('%s', (_what, request, configured, expected) => {
    expect(prepared(request, configured).firstByteTimeoutMs).toBe(expected);
  });
});

test.each([
  ['a table', tsv(EUTILS), 512 * 2 ** 20],
  ['JSON', { url: EUTILS, expect: { kind: 'json' } }, 64 * 2 ** 20],
  ['a family file', familyFile('GSE1'), 2 ** 31],
] satisfies [string, HttpRequest, number][])('bytes of %s', (_what, request, expected) => {
  expect(prepared(request).maxBytes).toBe(expected);
});

test('JSON that is inflated without end stops at its bound', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('["'), Buffer.alloc(70 * 2 ** 20, 'x'), Buffer.from('"]')]));
  under = await startStack(() => ({ headers: { 'content-encoding': 'gzip' }, body: bomb }), {
    spoolFolders: [process.env.TMPDIR ?? '/tmp'],
  });
  await expect(under.http.json(under.request('/x'))).rejects.toMatchObject({ fields: { kind: 'too_large' } });
  expect(under.server.requests).toHaveLength(1);
});
