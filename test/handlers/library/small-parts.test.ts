import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byAccession } from '../../../handlers/library/accession-order.ts';
import { dayOf, earliest, publicDay } from '../../../handlers/library/archive-date.ts';
import { isArchiveUrl, isOpenScheme, joinUrls, lastPart, pageOf } from '../../../handlers/library/archive-url.ts';
import { formatOf, withoutVersion } from '../../../handlers/library/file-name.ts';
import { sourceHash } from '../../../handlers/library/source-hash.ts';

describe('formats of file names (003-13)', () => {
  test.each([
    ['a_R1_001.fastq.gz', 'fastq'],
    ['a.fq', 'fastq'],
    ['A.FASTQ.GZ', 'fastq'],
    ['NoTBI_rep4.bam', 'bam'],
    ['NoTBI_rep4.bam.1', 'bam'],
    ['a.fastq.gz.2', 'fastq'],
    ['29694_1#382.cram', 'cram'],
    ['x.bam.bai', 'bai'],
    ['matrix.mtx.gz', 'mtx'],
    ['filtered_feature_bc_matrix.h5', 'h5'],
    ['GSE1_RAW.tar', 'tar'],
    ['a.tar.gz', 'tar'],
    ['a.tgz', 'tar'],
    ['barcodes.tsv.gz', 'tsv'],
    ['SRR1.sra', 'sra'],
    ['SRR8361601', null],
    ['readme', null],
    ['a.unheard', null],
    ['a.constructor', null],
  ])('%s is %s', (name, format) => {
    expect(formatOf(name)).toBe(format);
  });

  test.each([
    ['x.bam.1', 'x.bam'],
    ['SRR1.1', 'SRR1'],
    ['SRR1.lite.1', 'SRR1.lite'],
    ['x.fastq.gz.1', 'x.fastq.gz'],
    ['sample.1', 'sample.1'],
    ['x.bam', 'x.bam'],
  ])('%s without its version is %s', (name, plain) => {
    expect(withoutVersion(name)).toBe(plain);
  });
});

describe('addresses (003-13)', () => {
  test.each([
    ['https://a.b/c', true, true],
    ['http://a.b/c', true, true],
    ['ftp://a.b/c', true, true],
    ['s3://bucket/c', true, false],
    ['gs://bucket/c', true, false],
    ['javascript:alert(1)', false, false],
    ['file:///etc/passwd', false, false],
    ['a.b/c', false, false],
    ['https://a.b/c d', true, true],
    ['', false, false],
  ])('%s', (url, isKept, isOpen) => {
    expect(isArchiveUrl(url)).toBe(isKept);
    expect(isOpenScheme(url)).toBe(isOpen);
  });

  test('joined URLs split back into as many as they were', () => {
    const url = fc.webUrl({ withQueryParameters: true });
    fc.assert(
      fc.property(fc.array(url, { minLength: 1 }), (urls) => {
        const parts = joinUrls(urls)?.split(',') ?? [];
        expect(parts.map((part) => part.replaceAll('%2C', ','))).toEqual(urls.map((one) => one.replaceAll('%2C', ',')));
      }),
    );
    expect(joinUrls([])).toBeNull();
    expect(joinUrls(['https://a.b/x,y.fq', 'https://a.b/z.fq'])).toBe('https://a.b/x%2Cy.fq,https://a.b/z.fq');
  });

  test.each([
    ['https://a.b/c/x.fq.gz', 'x.fq.gz'],
    ['https://a.b/x%23y.cram?z=1', 'x#y.cram'],
    ['https://a.b/100%_done.txt', '100%_done.txt'],
    ['https://a.b', null],
    ['https://a.b/', null],
  ])('last part of %s', (url, name) => {
    expect(lastPart(url)).toBe(name);
  });

  test.each([
    ['GSM1', 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM1'],
    ['SAMN1', 'https://www.ncbi.nlm.nih.gov/biosample/SAMN1'],
    ['PRJNA1', 'https://www.ncbi.nlm.nih.gov/bioproject/PRJNA1'],
    ['SAMEA1', 'https://www.ebi.ac.uk/ena/browser/view/SAMEA1'],
    ['DRP1', 'https://www.ebi.ac.uk/ena/browser/view/DRP1'],
  ])('page of %s', (accession, page) => {
    expect(pageOf(accession)).toBe(page);
  });
});

describe('dates', () => {
  test.each([
    ['Public on Aug 24 2020', '2020-08-24'],
    ['Public on Jan 2 2009', '2009-01-02'],
    ['Private', null],
    ['Public on Foo 2 2009', null],
    [null, null],
  ])('GEO status %s', (status, day) => {
    expect(publicDay(status)).toBe(day);
  });

  test.each([
    ['2025-03-17 22:16:38', '2025-03-17'],
    ['2019-03-01T00:00:00.000', '2019-03-01'],
    ['2013-07-19', '2013-07-19'],
    ['2013-07', null],
    ['20130719', null],
    ['', null],
    [null, null],
  ])('day of %s', (text, day) => {
    expect(dayOf(text)).toBe(day);
  });

  test('the earliest day', () => {
    expect(earliest(['2020-01-02', null, '2019-12-31', undefined])).toBe('2019-12-31');
    expect(earliest([null])).toBeNull();
  });
});

describe('texts, order, hash', () => {
  test('accessions are ordered by number', () => {
    expect(['SRR10', 'SRR9', 'ERR100', 'SRR9'].sort(byAccession)).toEqual(['ERR100', 'SRR9', 'SRR9', 'SRR10']);
  });

  test('the hash follows the content', () => {
    expect(sourceHash({ a: 1n, b: ['x'] })).toMatch(/^[0-9a-f]{64}$/);
    expect(sourceHash({ a: 1n })).toBe(sourceHash({ a: 1n }));
    expect(sourceHash({ a: 1n })).not.toBe(sourceHash({ a: 2n }));
  });
});
