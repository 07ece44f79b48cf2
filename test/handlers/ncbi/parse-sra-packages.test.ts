import { describe, expect, it } from 'vitest';
import { parseSraPackages } from '../../../handlers/ncbi/parse-sra-packages.ts';
import type { SraPackage } from '../../../handlers/ncbi/sra-package.ts';
import { BadResponseError } from '../../../src/ports/handler.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

async function parse(name: string): Promise<SraPackage[]> {
  return collect(parseSraPackages(inChunks(await fixture(`ncbi/sra-packages/${name}`), 777)));
}

describe('experiment packages of NCBI', () => {
  it('a GEO experiment on one line gives every level', async () => {
    const [found, ...others] = await parse('geo-one-line.xml');
    expect(others).toEqual([]);
    const { samples, runs, members, study, ...experiment } = found as SraPackage;
    expect(experiment).toEqual({
      experiment: 'SRX90000001',
      experimentAlias: 'GSM9000001',
      gsm: 'GSM9000001',
      title: 'GSM9000001: brain, donor 1 & 2; Homo sapiens; RNA-Seq',
      strategy: 'RNA-Seq',
      librarySource: 'TRANSCRIPTOMIC SINGLE CELL',
      selection: 'cDNA',
      layout: 'PAIRED',
      libraryName: 'lib 1',
      constructionProtocol: 'Chromium v3, 5 µl < 10 µl',
      platform: 'ILLUMINA',
      instrument: 'Illumina NovaSeq 6000',
      submission: 'SRA9000001',
    });
    expect(study).toEqual({
      accession: 'SRP900001',
      alias: 'GSE900001',
      bioproject: 'PRJNA900001',
      gse: 'GSE900001',
      title: 'Two donors',
      abstract: 'Cells of two donors.',
      type: 'Transcriptome Analysis',
      pubmedIds: ['90000001'],
      dbgap: null,
    });
    expect(samples).toEqual([
      {
        accession: 'SRS9000001',
        alias: 'GSM9000001',
        biosample: 'SAMN90000001',
        gsm: 'GSM9000001',
        title: 'brain, donor 1 & 2',
        taxonId: 9606,
        scientificName: 'Homo sapiens',
        description: null,
        attributes: [
          { tag: 'source_name', value: 'frontal cortex', units: null },
          { tag: 'treatment', value: 'none', units: null },
          { tag: 'treatment', value: 'vehicle', units: null },
        ],
        links: [{ db: 'bioproject', id: '900001', label: 'PRJNA900001' }],
      },
    ]);
    const member = {
      accession: 'SRS9000001',
      name: 'GSM9000001',
      title: 'brain, donor 1 & 2',
      taxonId: 9606,
      organism: 'Homo sapiens',
      biosample: 'SAMN90000001',
      gsm: 'GSM9000001',
    };
    expect(members).toEqual([member]);
    expect(runs[0]?.members).toEqual([member]);
  });

  it('a run gives its counts, reads and files with every copy', async () => {
    const run = (await parse('geo-one-line.xml'))[0]?.runs[0];
    expect(run).toMatchObject({
      accession: 'SRR90000001',
      alias: 'GSM9000001_r1',
      spots: 1000n,
      bases: 151_000n,
      published: '2024-03-01 00:48:25',
      isPublic: true,
      cluster: 'public',
      reads: 4,
      readStatistics: [
        { index: 0, count: 1000n, averageLength: 8 },
        { index: 1, count: 1000n, averageLength: 28 },
        { index: 2, count: 1000n, averageLength: 91.25 },
        { index: 3, count: 0n, averageLength: 0 },
      ],
    });
    const [original, normalized, lite] = run?.files ?? [];
    expect(original).toEqual({
      name: 'd1_S1_L001_R1_001.fastq.gz',
      copies: [
        {
          url: 's3://sra-pub-src-3/SRR90000001/d1_S1_L001_R1_001.fastq.gz.1',
          accessType: 'Use Cloud Data Delivery',
          freeEgress: '-',
        },
      ],
      bytes: 30_000n,
      md5: 'a090a1fe2c035c6a16c885a53a81b275',
      semanticName: 'fastq',
      supertype: 'Original',
    });
    expect(normalized?.copies).toEqual([
      {
        url: 'https://sra-pub-run-odp.s3.amazonaws.com/sra/SRR90000001/SRR90000001',
        accessType: 'anonymous',
        freeEgress: 'worldwide',
      },
    ]);
    expect(lite?.copies.map((copy) => copy.accessType)).toEqual(['anonymous', 'aws identity', 'gcp identity']);
  });

  it('a pooled experiment: the sample of the descriptor first, all members, and the pool of the run', async () => {
    const [pooled] = await parse('odd-shapes.xml');
    expect(pooled).toMatchObject({
      gsm: 'GSM9000010',
      title: 'pool of two donors',
      layout: 'SINGLE',
      platform: 'OXFORD_NANOPORE',
      libraryName: null,
    });
    expect(pooled?.samples.map((sample) => sample.accession)).toEqual(['SRS9000012', 'SRS9000011']);
    expect(pooled?.members.map((member) => [member.accession, member.gsm, member.biosample])).toEqual([
      ['SRS9000011', null, 'SAMN90000011'],
      ['SRS9000012', 'GSM9000010', 'SAMN90000012'],
    ]);
    expect(pooled?.runs.map((run) => [run.accession, run.members.length])).toEqual([
      ['SRR90000010', 2],
      ['SRR90000011', 0],
    ]);
  });

  it('attributes: white space of printing trimmed, an absent VALUE null, an empty one empty, none of ENA-*', async () => {
    expect((await parse('odd-shapes.xml'))[0]?.samples[0]?.attributes).toEqual([
      { tag: 'age', value: '31', units: 'years' },
      { tag: 'phenotype', value: null, units: null },
      { tag: 'genotype', value: '', units: null },
    ]);
  });

  it('unknown is null: "variable" reads, statistics without numbers, a run that says only its name', async () => {
    const runs = (await parse('odd-shapes.xml'))[0]?.runs ?? [];
    expect(runs[0]).toMatchObject({ reads: null, readStatistics: [], spots: null });
    expect(runs[1]).toEqual({
      accession: 'SRR90000011',
      alias: null,
      spots: null,
      bases: null,
      published: null,
      isPublic: null,
      cluster: null,
      reads: null,
      readStatistics: [],
      members: [],
      files: [],
    });
  });

  it('files: named by their address where they have no filename; an address without an alternative has no access type', async () => {
    const files = (await parse('odd-shapes.xml'))[0]?.runs[0]?.files ?? [];
    expect(files.map((file) => [file.name, file.bytes, file.md5, file.copies.length])).toEqual([
      ['pool.fastq.gz.1', 100_000_000_000_000_000n, null, 2],
      ['SRR90000010', null, null, 1],
    ]);
    expect(files[1]?.copies[0]).toEqual({
      url: 'https://sra-download.ncbi.nlm.nih.gov/traces/sra1/SRR090/SRR90000010',
      accessType: null,
      freeEgress: null,
    });
  });

  it('without a STUDY, what STUDY_REF says of it', async () => {
    const [pooled, , bare] = await parse('odd-shapes.xml');
    expect(pooled?.study).toEqual({
      accession: 'SRP900010',
      alias: 'GSE900010',
      bioproject: 'PRJNA900010',
      gse: 'GSE900010',
      title: null,
      abstract: null,
      type: null,
      pubmedIds: [],
      dbgap: null,
    });
    expect(bare?.study).toBeNull();
  });

  it('a controlled run and its dbGaP study', async () => {
    const controlled = (await parse('odd-shapes.xml'))[1];
    expect(controlled?.runs[0]).toMatchObject({ isPublic: false, cluster: 'dbgap' });
    expect(controlled?.runs[0]?.files[0]).toMatchObject({ name: 'subject1.cram', copies: [], bytes: 500n });
    expect(controlled).toMatchObject({ gsm: null, layout: null, platform: null, instrument: null });
    expect(controlled?.study).toMatchObject({
      dbgap: 'phs900020',
      gse: null,
      abstract: 'Only described, without an abstract.',
    });
  });

  it('the GSM of an experiment that names it in an attribute only', async () => {
    expect((await parse('odd-shapes.xml'))[2]).toMatchObject({
      experiment: 'SRX90000030',
      gsm: 'GSM9000030',
      samples: [],
      runs: [],
    });
  });

  it('an expired history, a cut document and a package without an accession are bad responses', async () => {
    await expect(parse('error.xml')).rejects.toThrow(/Unable to obtain query #1/);
    const text = await fixture('ncbi/sra-packages/odd-shapes.xml');
    const cut = collect(parseSraPackages(inChunks(text.slice(0, -30))));
    await expect(cut).rejects.toThrow(BadResponseError);
    const nameless =
      '<EXPERIMENT_PACKAGE_SET><EXPERIMENT_PACKAGE><EXPERIMENT/></EXPERIMENT_PACKAGE></EXPERIMENT_PACKAGE_SET>';
    await expect(collect(parseSraPackages(inChunks(nameless)))).rejects.toThrow(
      /without the accession of its experiment/,
    );
    const namelessRun = nameless.replace('<EXPERIMENT/>', '<EXPERIMENT accession="SRX1"/><RUN_SET><RUN/></RUN_SET>');
    await expect(collect(parseSraPackages(inChunks(namelessRun)))).rejects.toThrow(
      /a run of SRX1 without an accession/,
    );
  });

  it('gives what came whole before a cut', async () => {
    const text = await fixture('ncbi/sra-packages/odd-shapes.xml');
    const packages = parseSraPackages(inChunks(text.slice(0, -30)));
    const came: string[] = [];
    const readAll = async (): Promise<void> => {
      for await (const found of packages) came.push(found.experiment);
    };
    await expect(readAll()).rejects.toThrow(BadResponseError);
    expect(came).toEqual(['SRX90000010', 'SRX90000020']);
  });

  it('an empty set has no packages', async () => {
    expect(await collect(parseSraPackages(inChunks('<EXPERIMENT_PACKAGE_SET/>')))).toEqual([]);
  });
});
