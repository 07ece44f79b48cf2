import { describe, expect, test } from 'vitest';
import { rawLink } from '../../../handlers/library/raw-link.ts';
import { type SourceFile, sourceFiles } from '../../../handlers/library/source-files.ts';
import { supplementaryFiles } from '../../../handlers/library/supplementary-files.ts';
import { aFile, aRow, aRun, fastq, submitted } from './library-facts.ts';

const free = (url: string) => ({ url, accessType: 'anonymous', freeEgress: 'worldwide' });
const asked = { ncbi: true, ena: true, geoText: false };
const MD5_A = 'a'.repeat(32);
const MD5_B = 'b'.repeat(32);
const normalized = aFile({
  name: 'SRR000001',
  semanticName: 'SRA Normalized',
  supertype: 'Primary ETL',
  copies: [free('https://sra-pub-run-odp.s3.amazonaws.com/sra/SRR000001/SRR000001')],
  md5: MD5_A,
  bytes: 99n,
});
const lite = aFile({
  ...normalized,
  name: 'SRR000001.lite',
  semanticName: 'SRA Lite',
  copies: [
    free('https://sra-downloadb.be-md.ncbi.nlm.nih.gov/SRR000001.lite.1'),
    { url: 's3://sra-pub-zq-2/SRR000001/SRR000001.lite.1', accessType: 'aws identity', freeEgress: 's3.us-east-1' },
  ],
});
const brief = (files: readonly SourceFile[]) => files.map((file) => `${file.origin} ${file.name} ${file.format}`);

describe('origin and name of files', () => {
  test('the four families of ENA', () => {
    const row = aRow({
      ...submitted('mine.bam'),
      fastq_ftp: 'ftp.sra.ebi.ac.uk/vol1/fastq/SRR000/SRR000001/SRR000001.fastq.gz',
      sra_ftp: 'ftp.sra.ebi.ac.uk/vol1/srr/SRR000/SRR000001',
      bam_ftp: 'ftp.sra.ebi.ac.uk/vol1/SRR000001.bam',
    });
    expect(brief(sourceFiles(null, row, true)).sort()).toEqual([
      'generated SRR000001.bam bam',
      'generated SRR000001.fastq.gz fastq',
      'normalized SRR000001 sra',
      'submitted mine.bam bam',
    ]);
  });

  test("NCBI's originals, containers and by-products", () => {
    const files = [
      aFile({ name: 'a_R1.fastq.gz' }),
      normalized,
      lite,
      aFile({ name: 'SRR000001', semanticName: 'run', supertype: null }),
      aFile({ name: 'SRR000001.realign', semanticName: 'run.realign', supertype: 'Secondary ETL' }),
      aFile({ name: 'x.cram', semanticName: 'cram', supertype: null }),
      aFile({ name: 'R63-Sequences_merged.txt.gz' }),
    ];
    expect(brief(sourceFiles(aRun({ files }), null, true))).toEqual([
      'submitted a_R1.fastq.gz fastq',
      'normalized SRR000001 sra',
      'normalized SRR000001.lite sra_lite',
      'normalized SRR000001.realign null',
      'submitted x.cram cram',
      'submitted R63-Sequences_merged.txt.gz fastq',
    ]);
  });

  test('a name that is the end of an address loses the version of NCBI', () => {
    const url = 'gs://sra-pub-src-14/SRR11217925/ICN-12_S12.fastq.gz.1';
    const copies = [{ url, accessType: 'Use Cloud Data Delivery', freeEgress: '-' }];
    const files = [aFile({ name: 'ICN-12_S12.fastq.gz.1', copies })];
    expect(brief(sourceFiles(aRun({ files }), null, true))).toEqual(['submitted ICN-12_S12.fastq.gz fastq']);
  });
});

describe('addresses that anybody can fetch, and the others', () => {
  test('cloud copies and deliveries go to the note', () => {
    const [file] = sourceFiles(aRun({ files: [lite] }), null, true);
    expect(file?.urls).toEqual(['https://sra-downloadb.be-md.ncbi.nlm.nih.gov/SRR000001.lite.1']);
    expect(file?.notes).toEqual(['aws identity: s3://sra-pub-zq-2/SRR000001/SRR000001.lite.1']);
  });

  test('an https address that asks for an identity is no open address', () => {
    const copies = [{ url: 'https://a.b/x.bam', accessType: 'gcp identity', freeEgress: '-' }];
    const [file] = sourceFiles(aRun({ files: [aFile({ copies })] }), null, true);
    expect(file).toMatchObject({ urls: [], notes: ['gcp identity: https://a.b/x.bam'] });
  });

  test('an anonymous s3 address still needs a client: not among the URLs', () => {
    const [file] = sourceFiles(aRun({ files: [aFile({ copies: [free('s3://b/x.fastq.gz')] })] }), null, true);
    expect(file).toMatchObject({ urls: [], notes: ['anonymous: s3://b/x.fastq.gz'] });
  });

  test.each([
    [true, ['https://a.b/x.fastq.gz'], []],
    [false, [], ['access not stated: https://a.b/x.fastq.gz']],
  ])('an address without an access type counts when the run is public (%s)', (isOpen, urls, notes) => {
    const copies = [{ url: 'https://a.b/x.fastq.gz', accessType: null, freeEgress: null }];
    expect(sourceFiles(aRun({ files: [aFile({ copies })] }), null, isOpen)[0]).toMatchObject({ urls, notes });
  });

  test('an address of another scheme is dropped (003-13)', () => {
    const copies = [free('javascript:alert(1)'), free('https://a.b/x y.fastq.gz')];
    const [file] = sourceFiles(aRun({ files: [aFile({ copies })] }), null, true);
    expect(file).toMatchObject({ urls: ['https://a.b/x%20y.fastq.gz'], notes: [] });
  });
});

describe('one file at both archives is one row', () => {
  const atNcbi = (facts: Parameters<typeof aFile>[0]) =>
    aRun({ files: [aFile({ name: 'a.bam', semanticName: 'bam', ...facts })] });
  const row = aRow(submitted('a.bam'));

  test('same name: addresses united, gaps filled', () => {
    const run = atNcbi({ copies: [free('https://ncbi.example/a.bam')], md5: MD5_A, bytes: 7n });
    const files = sourceFiles(run, aRow({ ...submitted('a.bam'), submitted_bytes: '' }), true);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ md5: MD5_A, bytes: 7n });
    expect(files[0]?.urls).toEqual([
      'https://ftp.sra.ebi.ac.uk/vol1/run/SRR000/SRR000001/a.bam',
      'https://ncbi.example/a.bam',
    ]);
  });

  test('same bytes under a name that NCBI has changed', () => {
    const files = sourceFiles(atNcbi({ name: 'a_1.bam', md5: MD5_A, bytes: 7n }), row, true);
    expect(brief(files)).toEqual(['submitted a.bam bam']);
  });

  test.each([
    ['another checksum', { md5: MD5_B, bytes: 7n }, `copy of other bytes (md5 ${MD5_B}): https://ncbi.example/a.bam`],
    ['another size, no checksum', { md5: null, bytes: 8n }, 'copy of other bytes: https://ncbi.example/a.bam'],
  ])('%s: addresses of other bytes are never mixed', (_what, facts, note) => {
    const files = sourceFiles(atNcbi({ ...facts, copies: [free('https://ncbi.example/a.bam')] }), row, true);
    expect(files).toHaveLength(1);
    expect(files[0]?.urls).toEqual(['https://ftp.sra.ebi.ac.uk/vol1/run/SRR000/SRR000001/a.bam']);
    expect(files[0]).toMatchObject({ md5: MD5_A, bytes: 7n, notes: [note] });
  });

  test("of two containers NCBI's own view holds", () => {
    const cells = {
      ...fastq(),
      sra_ftp: 'ftp.sra.ebi.ac.uk/vol1/srr/SRR000/SRR000001',
      sra_md5: MD5_B,
      sra_bytes: '5',
    };
    const [file] = sourceFiles(aRun({ files: [normalized] }), aRow(cells), true);
    expect(file).toMatchObject({ md5: MD5_A, bytes: 99n, urls: [normalized.copies[0]?.url] });
    expect(file?.notes).toEqual([
      `copy of other bytes (md5 ${MD5_B}): https://ftp.sra.ebi.ac.uk/vol1/srr/SRR000/SRR000001`,
    ]);
  });
});

describe('raw_link: one origin, whole or not at all (000-10)', () => {
  const originals = [aFile({ name: 'a_R1.fastq.gz', copies: [free('https://n/a_R1.fastq.gz')] })];
  const link = (run: Parameters<typeof aRun>[0], cells: Parameters<typeof aRow>[0], who = asked) =>
    rawLink(sourceFiles(aRun(run), aRow(cells), true), who);

  test('the generated FASTQ, in the order of ENA, commas encoded', () => {
    const cells = fastq('SRR000001.fastq.gz', 'SRR000001_1.fastq.gz', 'SRR000001_2.fastq.gz');
    const base = 'https://ftp.sra.ebi.ac.uk/vol1/fastq/SRR000/SRR000001/SRR000001';
    expect(link({ files: [...originals, normalized] }, cells)).toEqual({
      raw_link: `${base}.fastq.gz,${base}_1.fastq.gz,${base}_2.fastq.gz`,
      file_type: 'fastq',
      file_size: 30n,
    });
    expect(link({}, submitted('a,b.bam'))).toMatchObject({ raw_link: expect.stringContaining('/a%2Cb.bam') });
  });

  test('one unknown size makes the sum unknown', () => {
    const cells = { ...fastq('SRR000001_1.fastq.gz', 'SRR000001_2.fastq.gz'), fastq_bytes: '10;' };
    expect(link({}, cells)).toMatchObject({ file_type: 'fastq', file_size: null });
  });

  test('a generated BAM is no FASTQ', () => {
    const cells = { ...fastq(), bam_ftp: 'ftp.sra.ebi.ac.uk/vol1/SRR000001.bam' };
    expect(link({ files: [normalized] }, cells)).toMatchObject({ file_type: 'sra' });
  });

  test('else the submitted files', () => {
    expect(link({ files: [normalized] }, submitted('a.bam', 'a.bam.bai'))).toMatchObject({
      file_type: 'bam,bai',
      file_size: 14n,
    });
    expect(link({ files: [...originals, normalized] }, fastq())).toMatchObject({ raw_link: 'https://n/a_R1.fastq.gz' });
  });

  test('else the SRA object, when one submitted file of several is out of reach', () => {
    const files = [...originals, aFile({ name: 'a_R2.fastq.gz' }), lite, normalized];
    const url = normalized.copies[0]?.url;
    expect(link({ files }, fastq())).toEqual({ raw_link: url, file_type: 'sra', file_size: 99n });
    expect(link({ files: [lite] }, fastq())).toMatchObject({ file_type: 'sra_lite' });
  });

  test('nothing to be had: null', () => {
    expect(link({ files: [aFile()] }, fastq())).toEqual({ raw_link: null, file_type: null, file_size: null });
  });

  test('absent where a source that ranks higher was not asked', () => {
    expect(link({ files: [normalized] }, {}, { ...asked, ena: false })).toEqual({});
    expect(rawLink([], { ...asked, ncbi: false })).toEqual({});
  });
});

test('supplementary files of GEO', () => {
  const url = 'https://ftp.ncbi.nlm.nih.gov/geo/samples/GSM1nnn/GSM1/suppl/';
  const names = ['GSM1_matrix.mtx.gz', 'GSM1_filtered_feature_bc_matrix.h5', 'GSM1_peaks.bed.gz'];
  const rows = supplementaryFiles(
    'GSM1',
    'GEO',
    [...names, names[0]].map((name) => `${url}${name}`).concat('NONE'),
    'now',
  );
  expect(rows.map((row) => [row.key, row.role, row.format])).toEqual([
    ['GSM1/supplementary/GSM1_matrix.mtx.gz', 'matrix', 'mtx'],
    ['GSM1/supplementary/GSM1_filtered_feature_bc_matrix.h5', 'matrix', 'h5'],
    ['GSM1/supplementary/GSM1_peaks.bed.gz', 'supplementary', 'bed'],
  ]);
  expect(rows[0]).toMatchObject({ urls: [`${url}${names[0]}`], source: 'GEO', access: 'public', handler: 'geo' });
  expect(rows[0]).not.toHaveProperty('md5');
});
