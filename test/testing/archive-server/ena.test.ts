import { describe, expect, it } from 'vitest';
import { all, get, post, postJson, serve } from './support.ts';

const REPORT = '/ena/portal/api/filereport?result=read_run&format=tsv&limit=0';
const FILES = 'run_accession,fastq_ftp,fastq_md5,fastq_bytes';

function rows(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe('filereport', () => {
  it.each([
    ['ERR99000001', 1],
    ['ERX99000001', 1],
    ['ERS99000001', 1],
    ['SAMEA990000001', 1],
    ['ERP990001', 2],
    ['PRJEB9900001', 2],
    ['SRX99000002', 2],
    ['PRJNA9900001', 5],
  ])('gives the runs of %s: %i', async (accession, count) => {
    const { text } = await get(await serve(), `${REPORT}&fields=${FILES}&accession=${accession}`);
    expect(rows(text)).toHaveLength(count + 1);
  });

  it('puts the unpaired file first and keeps the lists parallel', async () => {
    const { text } = await get(await serve(), `${REPORT}&fields=${FILES}&accession=SRR99000004`);
    const [, row] = rows(text);
    expect(row?.[1]?.split(';').map((path) => path.split('/').at(-1))).toEqual([
      'SRR99000004.fastq.gz',
      'SRR99000004_1.fastq.gz',
      'SRR99000004_2.fastq.gz',
    ]);
    expect(row?.[1]).toMatch(/^ftp\.sra\.ebi\.ac\.uk\/vol1\/fastq\/SRR990\/004\/SRR99000004\//);
    expect(row?.slice(2).map((cell) => cell.split(';').length)).toEqual([3, 3]);
  });

  it.each(['SRR99000001,SRR99000002', 'SRR99000006', 'SRR1000000'])(
    'gives the header alone for %s',
    async (accession) => {
      const { status, text } = await get(await serve(), `${REPORT}&fields=${FILES}&accession=${accession}`);
      expect([status, text]).toEqual([200, `${FILES.replaceAll(',', '\t')}\n`]);
    },
  );

  it('refuses what is no accession of the archive, naming the supported types', async () => {
    const { status, text } = await get(await serve(), `${REPORT}&accession=GSM9900001`);
    expect([status, text]).toEqual([400, expect.stringContaining('Supported accession types are')]);
  });

  it('refuses an unknown column', async () => {
    const { status, text } = await get(await serve(), `${REPORT}&fields=run_accession,x&accession=SRR99000001`);
    expect([status, text]).toEqual([400, 'Invalid fieldName(s) supplied: x']);
  });

  it('gives JSON of strings, [] for an unknown accession, and counts', async () => {
    const server = await serve();
    const json = `/ena/portal/api/filereport?result=read_run&format=json&fields=read_count&accession=`;
    expect(JSON.parse((await get(server, `${json}SRR99000001`)).text)).toEqual([
      { run_accession: 'SRR99000001', read_count: '24118302' },
    ]);
    expect(JSON.parse((await get(server, `${json}SRR1000000`)).text)).toEqual([]);
    const count = '/ena/portal/api/filereportcount?result=read_run&accession=PRJNA9900001';
    expect((await get(server, count)).text).toBe('count\n5\n');
  });
});

describe('search', () => {
  const form = { result: 'read_run', fields: 'run_accession', format: 'tsv', limit: '0' };
  const search = async (type: string, accessions: string[], limits = {}) => {
    const server = await serve({ limits });
    const includeAccessions = accessions.join(',');
    return post(server, `/ena/portal/api/search?includeAccessionType=${type}`, { ...form, includeAccessions });
  };

  it('gives the rows of known accessions and drops the others', async () => {
    const { text } = await search('run', ['SRR99000001', 'SRR1000000', 'ERR99000002']);
    expect(rows(text).flat()).toEqual(['run_accession', 'ERR99000002', 'SRR99000001']);
  });

  it.each([
    ['experiment', 'SRX99000002', 2],
    ['sample', 'SAMN99000002', 2],
    ['study', 'PRJEB9900001', 2],
    ['sample', 'SRS99000002', 0],
    ['run', 'SRX99000002', 0],
    ['sample', 'GSM9900002', 0],
  ])('takes a %s accession: %s has %i', async (type, accession, count) => {
    expect(rows((await search(type, [accession])).text)).toHaveLength(count + 1);
  });

  it('refuses a list that is too long, and parameters that it does not have', async () => {
    expect((await search('run', ['SRR99000001', 'SRR99000002'], { enaAccessions: 1 })).status).toBe(413);
    const offset = await post(await serve(), '/ena/portal/api/search', {
      ...form,
      includeAccessions: 'SRR99000001',
      offset: '1',
    });
    expect([offset.status, offset.text]).toEqual([400, 'Unsupported param offset']);
  });
});

describe('the Browser', () => {
  const XML = '/ena/browser/api/xml';

  it('gives the records of a batch, twice when asked twice, none for unknown ones', async () => {
    const accessions = ['ERS99000001', 'ERS1000000', 'SRS99000001', 'ERS99000001'];
    const { text } = await postJson(await serve(), XML, { accessions });
    expect(all(text, /^<SAMPLE accession="(\w+)"/gm)).toEqual(['ERS99000001', 'SRS99000001', 'ERS99000001']);
    expect(text).toContain('<UNITS>m</UNITS>');
    expect(text).toContain('<TAG>ENA-FIRST-PUBLIC</TAG>');
  });

  it.each([
    ['ERP990001', 'STUDY'],
    ['PRJEB9900001', 'PROJECT'],
    ['SAMEA990000002', 'SAMPLE'],
    ['ERX99000001', 'EXPERIMENT'],
    ['ERR99000001', 'RUN'],
    ['ERA9900001', 'SUBMISSION'],
  ])('gives %s as a %s', async (accession, kind) => {
    const { status, text } = await get(await serve(), `${XML}/${accession}`);
    expect(status).toBe(200);
    expect(text).toMatch(new RegExp(`^<\\?xml [^\\n]*\\n<${kind}_SET>\\n<${kind} accession=`));
  });

  it('answers 404 when it knows none, in the format of the request', async () => {
    const server = await serve();
    const batch = await postJson(server, XML, { accessions: ['ERS1000000'] });
    expect([batch.status, JSON.parse(batch.text).status]).toEqual([404, 404]);
    const path = await get(server, `${XML}/ERS1000000`);
    expect([path.status, path.text]).toEqual([404, expect.stringContaining('<status>404</status>')]);
  });

  it('refuses mixed types', async () => {
    const { status, text } = await postJson(await serve(), XML, { accessions: ['PRJEB9900001', 'ERS99000001'] });
    expect(status).toBe(400);
    expect(text).toContain('All accessions must be of the same data type as the first accession, which was PROJECT.');
  });
});
