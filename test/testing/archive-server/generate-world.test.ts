import { describe, expect, it, vi } from 'vitest';
import { ENA_RUN_COLUMNS } from '../../../handlers/ena/run-row.ts';
import { generateWorld } from '../../../src/testing/archive-server/generate-world.ts';
import { all, eutil, get, searchSra, serve } from './support.ts';

describe('a generated world', () => {
  it('is the same for the same seed, and another for another', () => {
    const size = { series: 2, samplesPerSeries: 3, runsPerSample: 2 };
    expect(generateWorld(size)).toEqual(generateWorld(size));
    expect(generateWorld({ ...size, seed: 2 })).not.toEqual(generateWorld(size));
  });

  it('is plain JSON', () => {
    const world = generateWorld({ series: 1, samplesPerSeries: 2 });
    expect(JSON.parse(JSON.stringify(world))).toEqual(world);
  });

  it('names every record once', () => {
    const { samples } = generateWorld({ series: 3, samplesPerSeries: 4, runsPerSample: 2 });
    const names = samples.flatMap((sample) => [
      sample.alias,
      sample.biosample,
      sample.secondary,
      ...sample.experiments.flatMap((one) => [one.accession, ...one.runs.map((run) => run.accession)]),
    ]);
    expect(new Set(names).size).toBe(3 * 4 * 6);
  });

  it('has records as long as real ones: 10 KB a package, 1 KB a row', async () => {
    const server = await serve({ world: generateWorld({ series: 1, samplesPerSeries: 20 }) });
    const { webenv, querykey } = await searchSra(server, 'GSE990001');
    const page = { WebEnv: webenv, query_key: querykey, retmax: '500' };
    const packages = await eutil(server, 'efetch', { db: 'sra', rettype: 'full', ...page });
    expect(packages.text.length / 20).toBeGreaterThan(9000);
    expect(packages.text.length / 20).toBeLessThan(11_000);
    const report = `/ena/portal/api/filereport?result=read_run&fields=${ENA_RUN_COLUMNS.join(',')}&accession=PRJNA9900001`;
    const rows = await get(server, report);
    expect(rows.text.length / 20).toBeGreaterThan(900);
    expect(rows.text.length / 20).toBeLessThan(1400);
  });
});

describe('a world of 20,000 samples', () => {
  it('is made and searched, and renders what a page needs', async () => {
    const server = await serve({ world: generateWorld({ series: 1, samplesPerSeries: 20_000 }) });
    const { webenv, querykey, count } = await searchSra(server, 'GSE990001', { retmax: '0' });
    expect(count).toBe('20000');
    const page = await eutil(server, 'efetch', {
      db: 'sra',
      rettype: 'full',
      WebEnv: webenv,
      query_key: querykey,
      retstart: '19990',
      retmax: '500',
    });
    expect(all(page.text, /<EXPERIMENT alias="(\w+)"/g)).toHaveLength(10);
  });

  it('renders no faster than it is read, and breaks off when nobody listens any more', async () => {
    const server = await serve({ world: generateWorld({ series: 1, samplesPerSeries: 20_000 }) });
    const stop = new AbortController();
    const path = '/ena/portal/api/filereport?result=read_run&fields=all&accession=PRJNA9900001';
    const response = await fetch(server.url + path, { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
    await vi.waitFor(() => expect(server.requests[0]?.endedAt).not.toBeNull(), { timeout: 100_000 });
    // All rows are 37 MB; what was rendered fits into the buffers between server and reader.
    expect(server.requests[0]?.bytes).toBeLessThan(12_000_000);
  });
});
