import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { World } from '../../../src/testing/archive-server/world.ts';
import { all, DEMO_WORLD, get, serve } from './support.ts';

const ACC = '/geo/query/acc.cgi?form=text&view=brief&targ=self&acc=';

describe('acc.cgi', () => {
  it('shows a sample as SOFT with CR LF, each characteristic as submitted', async () => {
    const { text, type } = await get(await serve(), `${ACC}GSM9900003`);
    expect(type).toBe('geo/text');
    expect(text.startsWith('^SAMPLE = GSM9900003\r\n')).toBe(true);
    expect(all(text, /^!Sample_characteristics_ch1 = (.*)\r$/gm)).toContain('note: ratio A:B = 2:1');
    expect(all(text, /^!Sample_relation = (.*)\r$/gm)).toEqual([
      'BioSample: https://www.ncbi.nlm.nih.gov/biosample/SAMN99000003',
      'SRA: https://www.ncbi.nlm.nih.gov/sra?term=SRX99000003',
    ]);
  });

  it('shows an array without library or relation', async () => {
    const { text } = await get(await serve(), `${ACC}GSM9900006`);
    expect(text).toContain('!Sample_type = RNA\r\n');
    expect(text).not.toMatch(/Sample_(library|relation|instrument)/);
  });

  it('shows all samples of a series for targ=gsm', async () => {
    const { text } = await get(await serve(), '/geo/query/acc.cgi?form=text&view=brief&targ=gsm&acc=GSE990001');
    expect(all(text, /^\^SAMPLE = (\w+)\r$/gm)).toHaveLength(6);
  });

  it.each([
    ['GSM1', 'Could not find a public or private accession "GSM1"'],
    ['GSM9900007', 'Accession "GSM9900007" is currently private and is scheduled to be released on Dec 31, 2029.'],
    ['GSM9900001', 'was deleted by the GEO staff on Feb 03, 2026'],
    ['GSM9900002', 'is not yet approved by GEO curators'],
  ])('refuses %s with a page under status 200', async (accession, sentence) => {
    const withheld = { GSM9900001: { kind: 'withdrawn', on: '2026-02-03' }, GSM9900002: { kind: 'pending' } } as const;
    const samples = DEMO_WORLD.samples.map((sample) => {
      const why = withheld[sample.alias as keyof typeof withheld];
      return why === undefined || sample.geo === undefined
        ? sample
        : { ...sample, geo: { ...sample.geo, withheld: why } };
    });
    const world: World = { ...DEMO_WORLD, samples };
    const { status, text, type } = await get(await serve({ world }), `${ACC}${accession}`);
    expect([status, type]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(text).toContain(sentence);
  });

  it('shows people a page when nobody asked for text', async () => {
    const { text } = await get(await serve(), '/geo/query/acc.cgi?acc=GSM9900001');
    expect(text.startsWith('<!DOCTYPE HTML')).toBe(true);
  });
});

describe('the file tree of GEO', () => {
  it('has the family of a series as a gzip file, array tables included', async () => {
    const server = await serve();
    const path = '/geo/series/GSE990nnn/GSE990001/soft/GSE990001_family.soft.gz';
    const response = await fetch(server.url + path);
    expect(response.headers.get('content-encoding')).toBeNull();
    const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString('utf8');
    expect(all(text, /^(\^\w+ = \w+)$/gm)).toEqual([
      '^DATABASE = GeoMiame',
      '^SERIES = GSE990001',
      '^PLATFORM = GPL990021',
      '^PLATFORM = GPL990022',
      ...[1, 2, 3, 4, 5, 6].map((number) => `^SAMPLE = GSM990000${number}`),
    ]);
    expect(all(text, /^(\d+_at)\t/gm)).toHaveLength(8);
  });

  it('lists the archive and its members', async () => {
    const { text } = await get(await serve(), '/geo/series/GSE990nnn/GSE990001/suppl/filelist.txt');
    expect(text.split('\n')[1]).toBe('Archive\tGSE990001_RAW.tar\t07/01/2025 08:46:34\t52428800\tTAR');
    expect(all(text, /^File\t(GSM\d+)/gm)).toHaveLength(6);
  });

  it.each([
    '/geo/series/GSE990nnn/GSE990002/soft/GSE990002_family.soft.gz',
    '/geo/series/GSEnnn/GSE990001/soft/GSE990001_family.soft.gz',
    '/geo/series/GSE1nnn/GSE1000/soft/GSE1000_family.soft.gz',
  ])('has no %s', async (path) => {
    expect((await get(await serve(), path)).status).toBe(404);
  });
});
