import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/testing/archive-server/faults.ts';
import { mixedFaults } from '../../../src/testing/archive-server/mixed-faults.ts';
import { all, eutil, get, post, searchSra, serve } from './support.ts';

const REPORT =
  '/ena/portal/api/filereport?result=read_run&format=tsv&fields=run_accession,fastq_md5&accession=PRJNA9900001';

async function reportWith(fault: Fault) {
  return get(await serve({ faults: () => fault }), REPORT);
}

describe('a fault', () => {
  it.each([500, 502, 503])('answers %i', async (status) => {
    expect((await reportWith({ kind: 'status', status })).status).toBe(status);
  });

  it('names a wait', async () => {
    const { headers, status } = await reportWith({ kind: 'status', status: 503, retryAfter: '7' });
    expect([status, headers.get('retry-after')]).toEqual([503, '7']);
  });

  it('shows a page under status 200', async () => {
    const { status, text, type } = await reportWith({ kind: 'html' });
    expect([status, type, text.slice(0, 15)]).toEqual([200, 'text/html; charset=UTF-8', '<!DOCTYPE html>']);
  });

  it('sends JSON and XML errors under status 200', async () => {
    expect(JSON.parse((await reportWith({ kind: 'error-json' })).text)).toEqual({ error: 'error forwarding request' });
    expect((await reportWith({ kind: 'error-xml', message: 'x' })).text).toContain('<ERROR>x</ERROR>');
  });

  it('sends the good answer under a wrong media type', async () => {
    const { text, type } = await reportWith({ kind: 'media-type', type: 'application/octet-stream' });
    expect([type, text.split('\n')]).toEqual(['application/octet-stream', expect.objectContaining({ length: 7 })]);
  });

  it('sends nothing, or the header alone, or garbage', async () => {
    expect((await reportWith({ kind: 'empty' })).text).toBe('');
    expect((await reportWith({ kind: 'header-only' })).text).toBe('run_accession\tfastq_md5\n');
    expect((await reportWith({ kind: 'garbage' })).text).toContain('\u0000');
  });

  it('asks for a person: under 200, or as a challenge under 403', async () => {
    expect(await reportWith({ kind: 'captcha' })).toMatchObject({
      status: 200,
      text: expect.stringContaining('recaptcha'),
    });
    const { status, headers } = await reportWith({ kind: 'challenge' });
    expect([status, headers.get('cf-mitigated')]).toEqual([403, 'challenge']);
  });

  it('sends a text of a back end, a document of another kind, or a forgotten session', async () => {
    expect((await reportWith({ kind: 'error-text' })).text).toMatch(/^Error: /);
    expect((await reportWith({ kind: 'wrong-root' })).text).toContain('<RunSet>');
    expect((await reportWith({ kind: 'expired' })).text).toContain('Unable to obtain query #1');
  });

  it('sends fewer records, records twice, those of another accession, or fewer columns', async () => {
    const lines = async (fault: Fault) => (await reportWith(fault)).text.trimEnd().split('\n');
    const good = await lines({ kind: 'media-type', type: 'text/plain' });
    expect(await lines({ kind: 'fewer-records' })).toEqual([
      good[0],
      ...good.slice(1).filter((_, index) => index % 2 === 0),
    ]);
    expect(await lines({ kind: 'twice' })).toEqual([good[0], ...good.slice(1).flatMap((line) => [line, line])]);
    expect(await lines({ kind: 'other-records' })).not.toEqual(good);
    const cells = good.map((line) => line.split('\t')[0]);
    expect(await lines({ kind: 'fewer-columns', columns: ['fastq_md5'] })).toEqual(cells);
  });

  it('finds nothing in a search, without a word on the terms', async () => {
    const server = await serve({ faults: () => ({ kind: 'header-only' }) });
    expect(await searchSra(server, 'GSM9900001')).toEqual(expect.objectContaining({ count: '0', idlist: [] }));
  });

  it('comes in all kinds in turn, on a share of the requests', async () => {
    const { plan, played } = mixedFaults(0.5);
    // Plans are asked directly: one that hangs would hang the test.
    const request = {
      number: 1,
      operator: 'ENA',
      method: 'GET',
      path: '/',
      endpoint: 'filereport',
      repeat: 0,
    } as const;
    const asked = { ...request, parameters: new URLSearchParams(), accessions: [] };
    for (let count = 0; count < 300; count += 1) plan(asked);
    const total = [...played.values()].reduce((sum, one) => sum + one, 0);
    expect([played.size, total > 120 && total < 180]).toEqual([24, true]);
  });

  it('cuts the body: cleanly, or by breaking the connection', async () => {
    expect((await reportWith({ kind: 'cut', bytes: 40, clean: true })).text).toHaveLength(40);
    await expect(reportWith({ kind: 'cut', bytes: 40 })).rejects.toThrow();
  });

  it('resets the connection', async () => {
    await expect(reportWith({ kind: 'reset' })).rejects.toThrow();
  });

  it.each<Fault>([{ kind: 'hang' }, { kind: 'hang', bytes: 20 }])(
    'hangs until the server closes: %j',
    async (fault) => {
      let arrived = () => {};
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const server = await serve({
        faults: () => {
          arrived();
          return fault;
        },
      });
      const answer = get(server, REPORT);
      const outcome = expect(answer).rejects.toThrow();
      await arrival;
      await server.close();
      await outcome;
      expect(server.requests[0]?.fault).toBe('hang');
    },
  );

  it('drops ids from a batch at each endpoint', async () => {
    const server = await serve({
      faults: () => ({ kind: 'drop', accessions: ['GSM9900002', 'SRX99000002', 'SRR99000002'] }),
    });
    const found = await searchSra(server, 'GSM9900001 OR GSM9900002');
    expect([found.count, found.errorlist?.phrasesnotfound]).toEqual(['1', ['GSM9900002']]);
    const packages = await eutil(server, 'efetch', { db: 'sra', rettype: 'full', id: 'SRX99000001,SRX99000002' });
    expect(all(packages.text, /<EXPERIMENT alias="(\w+)"/g)).toEqual(['GSM9900001']);
    const form = { result: 'read_run', fields: 'run_accession', includeAccessions: 'SRR99000001,SRR99000002' };
    expect((await post(server, '/ena/portal/api/search', form)).text).toBe('run_accession\nSRR99000001\n');
    const summary = await eutil(server, 'esummary', { db: 'gds', retmode: 'json', id: '309900001,309900002' });
    expect(JSON.parse(summary.text).result.uids).toEqual(['309900001']);
  });

  it('is chosen by what is asked and by how often it was asked', async () => {
    const server = await serve({
      faults: ({ endpoint, repeat }) =>
        endpoint === 'filereport' && repeat === 0 ? { kind: 'status', status: 502 } : undefined,
    });
    const codes = [(await get(server, REPORT)).status, (await get(server, REPORT)).status];
    expect(codes).toEqual([502, 200]);
    expect(server.requests.map((request) => request.fault)).toEqual(['status', null]);
  });
});
