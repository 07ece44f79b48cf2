import { describe, expect, it } from 'vitest';
import { enaRunsOf, fetchEnaRecord, fetchEnaSamples, searchEnaRuns } from '../../../handlers/ena/ena-requests.ts';
import { ENA_HOSTS } from '../../../handlers/ena/hosts.ts';
import { ENA_RUN_COLUMNS } from '../../../handlers/ena/run-row.ts';

const ENA = 'https://www.ebi.ac.uk/ena';

describe('requests of ENA', () => {
  it('a file report asks for one accession, all columns and all rows', () => {
    const request = enaRunsOf('PRJEB90001');
    const url = new URL(request.url);
    expect(`${url.origin}${url.pathname}`).toBe(`${ENA}/portal/api/filereport`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      accession: 'PRJEB90001',
      result: 'read_run',
      fields: ENA_RUN_COLUMNS.join(','),
      format: 'tsv',
      limit: '0',
    });
    expect(request).toMatchObject({ expect: { kind: 'tsv', column: 'run_accession' }, firstByteTimeoutMs: 300_000 });
    expect(request.method).toBeUndefined();
  });

  it('a search sends its accessions as a form, each once, and their type in the address', () => {
    const request = searchEnaRuns(['SRX1', 'SRX2', 'SRX1'], 'experiment');
    expect(request.url).toBe(`${ENA}/portal/api/search?includeAccessionType=experiment`);
    expect(request).toMatchObject({ method: 'POST', lookup: true, firstByteTimeoutMs: 300_000 });
    expect(request.form).toEqual({
      result: 'read_run',
      fields: ENA_RUN_COLUMNS.join(','),
      format: 'tsv',
      limit: '0',
      includeAccessions: 'SRX1,SRX2',
    });
  });

  it('samples are asked as JSON, each once: ENA answers a repeated accession twice', () => {
    expect(fetchEnaSamples(['ERS1', 'ERS2', 'ERS1'])).toMatchObject({
      url: `${ENA}/browser/api/xml`,
      method: 'POST',
      json: { accessions: ['ERS1', 'ERS2'] },
      lookup: true,
      expect: { kind: 'xml', roots: ['SAMPLE_SET'] },
    });
  });

  it.each([
    ['ERP900001', 'STUDY_SET'],
    ['PRJEB90001', 'PROJECT_SET'],
    ['SAMEA9000001', 'SAMPLE_SET'],
    ['SRS900001', 'SAMPLE_SET'],
    ['DRX900001', 'EXPERIMENT_SET'],
    ['ERR900001', 'RUN_SET'],
    ['ERA900001', 'SUBMISSION_SET'],
    ['ERZ900001', 'ANALYSIS_SET'],
  ])('the record of %s is expected as %s', (accession, root) => {
    expect(fetchEnaRecord(accession)).toMatchObject({
      url: `${ENA}/browser/api/xml/${accession}`,
      expect: { kind: 'xml', roots: [root] },
    });
  });

  it('ENA is held to half of its 50 requests a second', () => {
    expect(ENA_HOSTS).toMatchObject([
      { host: 'www.ebi.ac.uk', operator: 'ENA', perSecond: 25, connections: 4, firstByteTimeoutMs: 300_000 },
    ]);
  });
});
