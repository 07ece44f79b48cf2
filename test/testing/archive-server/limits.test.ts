import { describe, expect, it } from 'vitest';
import { createRateGate, DEFAULT_LIMITS } from '../../../src/testing/archive-server/limits.ts';
import { mostWithinSecond } from '../../../src/testing/archive-server/request-log.ts';
import { get, serve } from './support.ts';

const SEARCH = '/entrez/eutils/esearch.fcgi?db=sra&retmode=json&term=SRP990001';

function statuses(operator: 'NCBI' | 'ENA', times: readonly number[], key: string | null = null) {
  const gate = createRateGate(DEFAULT_LIMITS);
  return times.map((at) => gate.arrive(operator, at, key)?.status ?? 200);
}

describe('the rate gate', () => {
  it.each([
    ['three within a second pass', [0, 1, 2], [200, 200, 200]],
    ['the fourth does not', [0, 300, 600, 999], [200, 200, 200, 429]],
    ['it does when a second has gone by since the first', [0, 300, 600, 1000], [200, 200, 200, 200]],
    ['refused ones count too', [0, 1, 2, 3, 1001], [200, 200, 200, 429, 200]],
    ['a storm stays refused', [0, 1, 2, 500, 900, 1010], [200, 200, 200, 429, 429, 200]],
  ])('%s', (_what, times, expected) => {
    expect(statuses('NCBI', times)).toEqual(expected);
  });

  it('lets ten per second pass with a key', () => {
    const answers = statuses(
      'NCBI',
      Array.from({ length: 11 }, (_, index) => index),
      'key',
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(10);
  });

  it('lets fifty per second pass at ENA', () => {
    const answers = statuses(
      'ENA',
      Array.from({ length: 51 }, (_, index) => index),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(50);
  });
});

describe('the limits of the server', () => {
  it('answers 429 with JSON and Retry-After, all NCBI hosts together, ENA apart', async () => {
    const server = await serve({ limits: { ncbiPerSecond: 1 } });
    expect((await get(server, SEARCH)).status).toBe(200);
    const refused = await get(server, '/geo/query/acc.cgi?acc=GSM9900001&form=text');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    expect(JSON.parse(refused.text)).toMatchObject({ error: 'API rate limit exceeded', limit: '1' });
    expect((await get(server, '/ena/browser/api/xml/ERP990001')).status).toBe(200);
    expect(server.summary()).toMatchObject({ total: 3, tooFast: 1, byOperator: { NCBI: 2, ENA: 1 } });
  });

  it('answers 414 to a path that is too long', async () => {
    const server = await serve();
    expect((await get(server, `${SEARCH}${'0'.repeat(8000)}`)).status).toBe(414);
  });

  it('notes method, endpoint, ids, status and bytes of each request', async () => {
    const server = await serve();
    const { text } = await get(server, '/entrez/eutils/esummary.fcgi?db=gds&retmode=json&id=200990001,309900001');
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/entrez/eutils/esummary.fcgi',
      operator: 'NCBI',
      endpoint: 'esummary gds',
      ids: 2,
      status: 200,
      bytes: Buffer.byteLength(text),
      fault: null,
    });
  });

  it('counts the most arrivals of any sliding second', () => {
    const at = [0, 900, 950, 1000, 1850, 1899, 2500].map((time) => ({ at: time }));
    expect(mostWithinSecond(at)).toBe(5);
  });

  it('says how long it was held up itself', async () => {
    const hold = () => {
      const end = performance.now() + 60;
      while (performance.now() < end);
      return undefined;
    };
    const server = await serve({ faults: hold });
    // The clock of the delay needs one turn before and one after.
    await get(server, SEARCH);
    await get(server, SEARCH);
    expect(server.longestStallMs()).toBeGreaterThan(40);
  });

  it('keeps the time that an archive takes', async () => {
    const server = await serve({ latency: { ncbiMs: 30, enaMs: 20, perRecordMs: 5 } });
    await get(server, '/ena/portal/api/filereport?result=read_run&accession=PRJNA9900001');
    await get(server, SEARCH);
    const [ena, ncbi] = server.requests.map((request) => (request.endedAt ?? 0) - request.at);
    // Timers may fire up to 1 ms early; 20 ms and 5 rows of 5 ms, 30 ms.
    expect(ena).toBeGreaterThanOrEqual(43);
    expect(ncbi).toBeGreaterThanOrEqual(29);
  });
});
