import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readGeoPage } from '../../../../handlers/ncbi/geo-page.ts';
import { accRecord, familyFile } from '../../../../handlers/ncbi/geo-requests.ts';
import { gdsUid } from '../../../../handlers/ncbi/geo-uid.ts';
import { parseGdsSummaries } from '../../../../handlers/ncbi/parse-gds-summaries.ts';
import { BadResponseError } from '../../../../src/errors/bad-response-error.ts';

describe('what a page under status 200 means', () => {
  test.each([
    ['not-found', 'GSE99999999', 'not_found', 'GEO has no public or private record of this accession'],
    ['private', 'GSE900001', 'private', 'private at GEO, to be released on Dec 31, 2027'],
    ['deleted', 'GSE900001', 'withdrawn', 'deleted by the GEO staff on Mar 02, 2011'],
    ['not-approved', 'GSE900001', 'private', 'submitted to GEO, not yet approved by its curators'],
    ['other', 'GSE900001', 'bad_response', 'GEO sent an HTML page instead of the record'],
  ])('%s', (page, accession, outcome, reason) => {
    expect(readGeoPage(readFileSync(`fixtures/geo/${page}.html`, 'utf8'), accession)).toEqual({ outcome, reason });
  });

  test('a sentence about another accession is no verdict on this one', () => {
    const page = readFileSync('fixtures/geo/private.html', 'utf8');
    expect(readGeoPage(page, 'GSE5')).toMatchObject({
      outcome: 'bad_response',
      reason: expect.stringContaining('GSE900001'),
    });
  });
});

test.each([
  ['GSE1', '200000001'],
  ['GPL570', '100000570'],
  ['GSM3526037', '303526037'],
  ['GDS507', '507'],
  ['GSM99999999', '399999999'],
  // One more digit, and the UID would be that of another kind of record.
  ['GSM100000000', null],
  ['GSM0', null],
  ['gsm1', null],
  ['SRR1039508', null],
])('the UID of %s is %s', (accession, uid) => {
  expect(gdsUid(accession)).toBe(uid);
});

test.each([
  ['GSE1', 'GSEnnn'],
  ['GSE935', 'GSEnnn'],
  ['GSE1000', 'GSE1nnn'],
  ['GSE124227', 'GSE124nnn'],
])('files of %s lie in %s', (series, stub) => {
  const folder = `https://ftp.ncbi.nlm.nih.gov/geo/series/${stub}/${series}`;
  expect(familyFile(series)).toMatchObject({
    url: `${folder}/soft/${series}_family.soft.gz`,
    expect: { kind: 'soft', gzip: true },
  });
});

test('acc.cgi is asked for text without tables, and given 180 s to begin', () => {
  expect(accRecord('GSE1', 'gsm')).toMatchObject({
    url: 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSE1&targ=gsm&form=text&view=brief',
    expect: { kind: 'soft', gzip: false },
    firstByteTimeoutMs: 180_000,
  });
});

describe('document summaries', () => {
  const { summaries, absent } = parseGdsSummaries(JSON.parse(readFileSync('fixtures/geo/summaries.json', 'utf8')));

  test('a SubSeries', () => {
    expect(summaries[0]).toEqual({
      uid: '200900002',
      accession: 'GSE900002',
      entryType: 'GSE',
      title: 'Livers',
      summary: 'Two organisms.',
      organisms: ['Homo sapiens', 'Mus musculus'],
      type: 'Expression profiling by array; Other',
      date: '2024-01-02',
      series: [],
      platforms: ['GPL900001', 'GPL900002'],
      samples: ['GSM900002', 'GSM900001'],
      sampleCount: 2,
      pubmedIds: ['11111111'],
      bioproject: 'PRJNA900001',
      sra: ['SRP900001'],
      subSeries: [],
      superSeries: ['GSE900001'],
    });
  });

  test('a sample: empty strings are unknown, the series are several', () => {
    expect(summaries[1]).toMatchObject({
      accession: 'GSM900001',
      series: ['GSE900002', 'GSE900001'],
      platforms: ['GPL900001'],
      sra: ['SRX900001'],
      date: null,
      type: null,
      sampleCount: null,
      bioproject: null,
    });
  });

  test('a platform: its count is of all GEO, so it is none of ours', () => {
    expect(summaries[2]).toMatchObject({ accession: 'GPL900001', sampleCount: null, platforms: [], series: [] });
  });

  test('a UID without a record is told apart', () => {
    expect(absent).toEqual(['200999999']);
    expect(summaries).toHaveLength(3);
  });

  test.each([
    ['text', 'busy'],
    ['no result', { header: {} }],
    ['no uids', { result: {} }],
    ['a record without an accession', { result: { uids: ['1'], 1: { uid: '1', accession: '' } } }],
    ['a record that is a list', { result: { uids: ['1'], 1: [] } }],
  ])('%s is a bad response', (_, json) => {
    expect(() => parseGdsSummaries(json)).toThrow(BadResponseError);
  });

  test('a UID that NCBI left out is in neither list', () => {
    expect(parseGdsSummaries({ result: { uids: ['1'] } })).toEqual({ summaries: [], absent: [], missing: [] });
  });
});
