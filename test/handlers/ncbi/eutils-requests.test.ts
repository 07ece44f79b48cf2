import { describe, expect, it } from 'vitest';
import { fetchBioSamples, fetchSraHistory, searchSra, summarizeGds } from '../../../handlers/ncbi/eutils-requests.ts';
import { NCBI_HOSTS } from '../../../handlers/ncbi/hosts.ts';

const EUTILS = 'https://eutils.ncbi.nlm.nih.gov/entrez/eutils';

describe('requests of E-utilities', () => {
  it('a search keeps its result in the history and is stored under its terms', () => {
    expect(searchSra(['GSM1', 'SRR2'])).toMatchObject({
      url: `${EUTILS}/esearch.fcgi`,
      method: 'POST',
      form: { db: 'sra', term: 'GSM1 OR SRR2', usehistory: 'y', retmax: '0', retmode: 'json' },
      lookup: true,
      cacheAs: 'ncbi/sra/search/all/GSM1,SRR2',
      expect: { kind: 'json' },
    });
    expect(searchSra(['SRR2', 'SRR1'], { field: 'accn' }).cacheAs).toBe('ncbi/sra/search/accn/SRR1,SRR2');
  });

  it('a field is told with every term', () => {
    expect(searchSra(['SRR1', 'SRR2'], { field: 'accn' }).form?.term).toBe('SRR1[accn] OR SRR2[accn]');
    expect(searchSra(['PRJNA1'], { field: 'BioProject' }).form?.term).toBe('PRJNA1[BioProject]');
    expect(searchSra(['PRJNA1'], { field: null }).form?.term).toBe('PRJNA1');
  });

  it('a page of the history is cached under what was searched for and the page, without the session token', () => {
    const page = { webEnv: 'MCID_1', queryKey: '1', start: 500, max: 500, cacheAs: 'GSM1,GSM2' };
    const request = fetchSraHistory(page);
    expect(request).toMatchObject({
      url: `${EUTILS}/efetch.fcgi`,
      method: 'POST',
      form: {
        db: 'sra',
        rettype: 'full',
        retmode: 'xml',
        WebEnv: 'MCID_1',
        query_key: '1',
        retstart: '500',
        retmax: '500',
      },
      lookup: true,
      expect: { kind: 'xml', roots: ['EXPERIMENT_PACKAGE_SET'] },
    });
    expect(fetchSraHistory({ ...page, webEnv: 'MCID_2' }).cacheAs).toBe(request.cacheAs);
    expect(fetchSraHistory({ ...page, start: 0 }).cacheAs).not.toBe(request.cacheAs);
    expect(fetchSraHistory({ ...page, max: 250 }).cacheAs).not.toBe(request.cacheAs);
    expect(fetchSraHistory({ ...page, cacheAs: 'GSM1' }).cacheAs).not.toBe(request.cacheAs);
    expect(request.cacheAs).not.toContain('MCID');
  });

  it('summaries take 500 UIDs and no more', () => {
    const uids = Array.from({ length: 500 }, (_, index) => String(300_000_001 + index));
    expect(summarizeGds(uids)).toMatchObject({
      url: `${EUTILS}/esummary.fcgi`,
      form: { db: 'gds', retmode: 'json', id: uids.join(',') },
      lookup: true,
    });
    expect(() => summarizeGds([...uids, '1'])).toThrow(RangeError);
  });

  it('BioSamples are fetched by accession', () => {
    expect(fetchBioSamples(['SAMN1', 'SAMEA2']).form).toEqual({ db: 'biosample', retmode: 'xml', id: 'SAMN1,SAMEA2' });
  });

  it('all hosts of NCBI share one budget of 3 a second, 10 with a key', () => {
    expect(NCBI_HOSTS.map((host) => host.host)).toEqual([
      'eutils.ncbi.nlm.nih.gov',
      'www.ncbi.nlm.nih.gov',
      'ftp.ncbi.nlm.nih.gov',
    ]);
    for (const host of NCBI_HOSTS) {
      expect(host).toMatchObject({ operator: 'NCBI', perSecond: 3, perSecondWithKey: 10, connections: 4 });
      expect(host.source.length).toBeGreaterThan(40);
    }
  });
});
