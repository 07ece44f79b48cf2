import { describe, expect, it } from 'vitest';
import { all, eutil, searchSra, serve } from './support.ts';

describe('esearch db=sra', () => {
  it.each([
    'GSM9900002',
    'SRX99000002',
    'SRR99000003',
    'SRS99000002',
    'SAMN99000002',
    'SRR99000002[accn]',
    'SAMN99000002[BioSample]',
  ])('finds the one experiment by %s', async (term) => {
    const server = await serve();
    const { idlist } = await searchSra(server, term);
    const packages = await eutil(server, 'efetch', { db: 'sra', rettype: 'full', id: idlist.join(',') });
    expect(all(packages.text, /<EXPERIMENT alias="(\w+)"/g)).toEqual(['GSM9900002']);
  });

  it.each(['SRP990001', 'PRJNA9900001', 'GSE990001', 'SRA9900001', 'PRJNA9900001[BioProject]', 'PRJNA9900001[GPRJ]'])(
    'finds all five experiments of the study by %s',
    async (term) => {
      expect((await searchSra(await serve(), term)).count).toBe('5');
    },
  );

  it('names what it does not know and finds the rest, newest first', async () => {
    const found = await searchSra(await serve(), 'GSM9900001 OR GSM9900006 OR GSM1 OR GSM9900003');
    expect(found.errorlist?.phrasesnotfound).toEqual(['GSM9900006', 'GSM1']);
    expect(found.idlist).toEqual([...found.idlist].sort((one, other) => Number(other) - Number(one)));
    expect(found.count).toBe('2');
  });

  it('does not know what only ENA has', async () => {
    expect((await searchSra(await serve(), 'PRJEB9900001 OR ERR99000001')).count).toBe('0');
  });

  it('does not find GEO names in the accession field', async () => {
    expect((await searchSra(await serve(), 'GSM9900001[accn]')).count).toBe('0');
  });

  it('hands out 20 ids unless told, and all of them through the history', async () => {
    const server = await serve();
    const none = await searchSra(server, 'SRP990001', { retmax: '0' });
    expect(none.idlist).toEqual([]);
    const page = await eutil(server, 'efetch', {
      db: 'sra',
      rettype: 'full',
      WebEnv: none.webenv,
      query_key: none.querykey,
      retstart: '1',
      retmax: '3',
    });
    expect(all(page.text, /<EXPERIMENT alias="(\w+)"/g)).toEqual(['GSM9900004', 'GSM9900003', 'GSM9900002']);
  });

  it('appends to a session and keeps each query under its own key', async () => {
    const server = await serve();
    const first = await searchSra(server, 'GSM9900001');
    const second = await searchSra(server, 'GSM9900003', { WebEnv: first.webenv });
    expect([second.webenv, first.querykey, second.querykey]).toEqual([first.webenv, '1', '2']);
  });

  it('answers an expired history with <ERROR> under status 200', async () => {
    const answer = await eutil(await serve(), 'efetch', { db: 'sra', WebEnv: 'MCID_0', query_key: '1' });
    expect([answer.status, answer.text]).toEqual([
      200,
      expect.stringContaining('<ERROR>Unable to obtain query #1</ERROR>'),
    ]);
  });

  it('refuses more than 500 terms with an error under status 200', async () => {
    const term = Array.from({ length: 501 }, (_, index) => `GSM${index + 1}`).join(' OR ');
    expect((await searchSra(await serve(), term)).ERROR).toContain('501');
  });

  it('rejects an empty key', async () => {
    const answer = await eutil(await serve(), 'esearch', { db: 'sra', term: 'SRP990001', api_key: '' });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('API key invalid')]);
  });
});

describe('efetch db=sra', () => {
  it('lists all runs of an experiment that was found by one of them', async () => {
    const answer = await eutil(await serve(), 'efetch', { db: 'sra', rettype: 'full', id: 'SRR99000003' });
    expect(all(answer.text, /<RUN alias="\w+" accession="(\w+)"/g)).toEqual(['SRR99000002', 'SRR99000003']);
  });

  it('gives runs, read lengths, originals and SRA objects with md5 and bytes', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'sra', rettype: 'full', id: 'SRX99000004' });
    expect(all(text, /<Read index="\d+" count="\d+" average="(\d+)"/g)).toEqual(['10', '28', '91', '20']);
    expect(all(text, /filename="([^"]+)"/g)).toEqual([
      'HEP_S1_L001_I1_001.fastq.gz',
      'HEP_S1_L001_I2_001.fastq.gz',
      'HEP_S1_L001_R1_001.fastq.gz',
      'HEP_S1_L001_R2_001.fastq.gz',
      'SRR99000005',
      'SRR99000005.sralite',
    ]);
    expect(all(text, /md5="([0-9a-f]{32})"/g)).toHaveLength(6);
    expect(all(text, /access_type="(anonymous)"/g)).toHaveLength(2);
  });

  it('escapes text', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'sra', rettype: 'full', id: 'SRX99000001' });
    expect(text).toContain('astrocytes &amp; hepatocytes');
    expect(text).not.toContain('astrocytes & hepatocytes');
  });

  it('leaves the header of a run table away through the history only', async () => {
    const server = await serve();
    const byId = await eutil(server, 'efetch', { db: 'sra', rettype: 'runinfo', id: 'SRX99000002' });
    expect(
      byId.text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['Run', 'SRR99000002', 'SRR99000003']);
    const { webenv, querykey } = await searchSra(server, 'SRX99000002');
    const kept = await eutil(server, 'efetch', { db: 'sra', rettype: 'runinfo', WebEnv: webenv, query_key: querykey });
    expect(
      kept.text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['SRR99000002', 'SRR99000003']);
  });
});

describe('esummary', () => {
  const summaries = async (id: string) => {
    const answer = await eutil(await serve(), 'esummary', { db: 'gds', retmode: 'json', id });
    return JSON.parse(answer.text) as { error?: string; result: Record<string, Record<string, unknown>> };
  };

  it('summarizes a series with its samples, and a sample with its experiment', async () => {
    const { result } = await summaries('200990001,309900002');
    expect(result['200990001']).toMatchObject({
      accession: 'GSE990001',
      n_samples: 6,
      gpl: '990021;990022',
      bioproject: 'PRJNA9900001',
      extrelations: [{ relationtype: 'SRA', targetobject: 'SRP990001' }],
    });
    expect(result['309900002']).toMatchObject({
      accession: 'GSM9900002',
      n_samples: '',
      gse: '990001',
      extrelations: [{ relationtype: 'SRA', targetobject: 'SRX99000002' }],
    });
  });

  it('has an error in place of an unknown or a private record', async () => {
    const { result } = await summaries('309900007,300000001');
    expect(result['309900007']).toEqual({ uid: '309900007', error: 'cannot get document summary' });
    expect(result['300000001']).toHaveProperty('error');
  });

  it('refuses more than 500 under status 200', async () => {
    const ids = Array.from({ length: 501 }, (_, index) => String(300_000_000 + index)).join(',');
    expect((await summaries(ids)).error).toBe(
      'Too many UIDs in request. Maximum number of UIDs is 500 for JSON format output.',
    );
  });
});

describe('the other databases', () => {
  it('gives BioSamples by accession and leaves unknown ones out', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'biosample', id: 'SAMN99000001,SAMN1,SAMN99000002' });
    expect(all(text, /<BioSample [^>]*accession="(\w+)"/g)).toEqual(['SAMN99000001', 'SAMN99000002']);
  });

  it('takes the digits of an SRS for a BioSample, as NCBI does', async () => {
    const { text } = await eutil(await serve(), 'efetch', { db: 'biosample', id: 'SRS99000001' });
    expect(all(text, /<BioSample [^>]*accession="(\w+)"/g)).toEqual(['SAMN99000001']);
  });

  it('finds and fetches a BioProject', async () => {
    const server = await serve();
    const term = 'PRJNA9900001[Project Accession] OR PRJNA1[Project Accession]';
    const found = await eutil(server, 'esearch', { db: 'bioproject', term, retmode: 'json' });
    const { idlist } = (JSON.parse(found.text) as { esearchresult: { idlist: string[] } }).esearchresult;
    expect(idlist).toEqual(['9900001']);
    const { text } = await eutil(server, 'efetch', { db: 'bioproject', id: '9900001' });
    expect(text).toContain('<ArchiveID accession="PRJNA9900001" archive="NCBI" id="9900001"/>');
    expect(text).toContain('<dbXREF db="GEO"><ID>GSE990001</ID></dbXREF>');
  });

  it('searches db=gds by accession and entry type', async () => {
    const server = await serve();
    const search = async (term: string) => {
      const answer = await eutil(server, 'esearch', { db: 'gds', term, retmode: 'json' });
      return (JSON.parse(answer.text) as { esearchresult: { idlist: string[] } }).esearchresult.idlist;
    };
    expect(await search('GSE990001[ACCN] AND gse[ETYP]')).toEqual(['200990001']);
    expect(await search('PRJNA9900001[ALL] AND gse[ETYP]')).toEqual(['200990001']);
    // Without the type the samples and platforms come too: 1 + 6 + 2.
    expect(await search('GSE990001[ACCN]')).toHaveLength(9);
  });

  it('names a database that it does not have', async () => {
    const answer = await eutil(await serve(), 'esearch', { db: 'nothing', term: 'x1' });
    expect(answer.text).toContain('<ERROR>Invalid db name specified: nothing</ERROR>');
  });
});
