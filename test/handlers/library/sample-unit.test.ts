import { describe, expect, test } from 'vitest';
import type { LibraryParts } from '../../../handlers/library/library-parts.ts';
import { sampleUnit } from '../../../handlers/library/sample-unit.ts';
import {
  aBioSample,
  aChannel,
  aFile,
  aGeoSample,
  aMember,
  aPackage,
  aRow,
  aRun,
  aSample,
  aStudy,
  fastq,
  parts,
  reads,
  submitted,
} from './library-facts.ts';

const sampleOf = (facts: Partial<LibraryParts>) => {
  const [sample] = sampleUnit(parts(facts)).samples;
  if (sample === undefined) throw new Error('a unit without its sample');
  return sample;
};
const runsOf = (facts: Partial<LibraryParts>) => sampleUnit(parts(facts)).runs;
const tag = (name: string, value: string | null, units: string | null = null) => ({ tag: name, value, units });

const study = aStudy({ accession: 'SRP1', gse: 'GSE1', bioproject: 'PRJNA1', dbgap: 'phs000001' });
const sample = aSample({
  accession: 'SRS1',
  biosample: 'SAMN1',
  gsm: 'GSM1',
  title: 'S 1',
  taxonId: 9606,
  scientificName: 'Homo sapiens',
  attributes: [
    tag('source_name', 'Brain'),
    tag('tissue', 'cortex'),
    tag('cell type', 'missing'),
    tag('age', '5', 'week'),
  ],
});
const found = aPackage({
  experiment: 'SRX1',
  gsm: 'GSM1',
  title: 'GSM1: S 1; RNA-Seq',
  strategy: 'RNA-Seq',
  librarySource: 'TRANSCRIPTOMIC',
  selection: 'cDNA',
  layout: 'PAIRED',
  platform: 'ILLUMINA',
  instrument: 'NextSeq 500',
  submission: 'SRA1',
  study,
  samples: [sample],
  runs: [
    aRun({ accession: 'SRR10', published: '2020-05-06 01:02:03', spots: 5n, bases: 9n, ...reads(28, 90.5) }),
    aRun({ accession: 'SRR9' }),
  ],
});

describe('a sequenced sample of GEO', () => {
  const unit = sampleUnit(
    parts({
      packages: [found],
      enaRuns: [
        aRow({ run_accession: 'SRR10', first_public: '2020-05-01', ...fastq('SRR10_1.fastq.gz', 'SRR10_2.fastq.gz') }),
      ],
    }),
  );

  test('its row, with the 14 columns (000-08)', () => {
    expect(unit.samples).toEqual([
      {
        key: 'GSM1',
        source: 'GEO',
        title: 'S 1',
        organism: 'Homo sapiens',
        species: 'Homo sapiens',
        taxon_id: 9606,
        description: null,
        attributes: {
          source_name: ['Brain'],
          tissue: ['cortex'],
          'cell type': ['missing'],
          age: ['5'],
          'age [unit]': ['week'],
        },
        tissue: 'cortex',
        cell_type: null,
        library_strategy: 'RNA-Seq',
        library_source: 'TRANSCRIPTOMIC',
        library_selection: 'cDNA',
        platform: 'ILLUMINA',
        instrument: 'NextSeq 500',
        parent: 'GSE1',
        children: 'SRR9,SRR10',
        date: '2020-05-01',
        access: 'public',
        url: 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSM1',
        handler: 'geo',
        fetched_at: '2026-01-02T03:04:05.000Z',
        response_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test('its runs (000-09, 000-10)', () => {
    expect(unit.runs.map((run) => run.key)).toEqual(['SRR9', 'SRR10']);
    expect(unit.runs[1]).toMatchObject({
      title: 'GSM1: S 1; RNA-Seq',
      strategy: 'RNA-Seq',
      parent: 'GSM1',
      source: 'INSDC',
      experiment: 'SRX1',
      project: 'GSE1',
      layout: 'PAIRED',
      spots: 5n,
      bases: 9n,
      read_lengths: '28,90.5',
      date: '2020-05-01',
      access: 'public',
      file_type: 'fastq',
      file_size: 20n,
    });
    expect(unit.runs[0]).toMatchObject({
      spots: null,
      read_lengths: null,
      raw_link: null,
      file_type: null,
      file_size: null,
    });
  });

  test('its files, named by run and origin', () => {
    expect(unit.files.map((file) => [file.key, file.role, file.read_number])).toEqual([
      ['SRR10/generated/SRR10_1.fastq.gz', 'R1', 1],
      ['SRR10/generated/SRR10_2.fastq.gz', 'R2', 2],
    ]);
  });

  test('its links and whole sets', () => {
    expect(unit.links.map((link) => `${link.key} ${link.kind} ${link.alias}`)).toEqual([
      'GSM1 experiment SRX1',
      'GSM1 sra_sample SRS1',
      'GSM1 biosample SAMN1',
      'GSM1 series GSE1',
      'GSM1 submission SRA1',
      'GSM1 dbgap phs000001',
      'SRR9 experiment SRX1',
      'SRR10 experiment SRX1',
    ]);
    expect(unit.complete).toContainEqual({ table: 'runs', parent: 'GSM1' });
    expect(unit.complete.filter((set) => set.table === 'files')).toHaveLength(6);
  });
});

describe('what was not asked is absent, what was silent is null', () => {
  const row = aRow({ run_accession: 'SRR1', sample_accession: 'SAMN1', sample_title: 'T', ...submitted('x.fastq.gz') });
  const lean = { ncbi: false, ena: true, geoText: false };

  test('without NCBI: no read lengths, no unproven role, no note', () => {
    const unit = sampleUnit(parts({ key: 'SAMN1', enaRuns: [row], asked: lean }));
    expect(unit.runs[0]).not.toHaveProperty('read_lengths');
    expect(unit.files[0]).not.toHaveProperty('role');
    expect(unit.files[0]).not.toHaveProperty('access_note');
    expect(unit.samples[0]).not.toHaveProperty('attributes');
    expect(unit.samples[0]).toMatchObject({ key: 'SAMN1', source: 'INSDC', title: 'T', description: null });
    expect(unit.complete).toEqual([
      { table: 'runs', parent: 'SAMN1' },
      { table: 'files', parent: 'SRR1', origin: 'generated' },
    ]);
  });

  test('without ENA: no raw_link, and no set of files is whole', () => {
    const unit = sampleUnit(parts({ packages: [found], asked: { ncbi: true, ena: false, geoText: false } }));
    for (const column of ['raw_link', 'file_type', 'file_size']) expect(unit.runs[1]).not.toHaveProperty(column);
    expect(unit.runs[1]).toMatchObject({ date: '2020-05-06', read_lengths: '28,90.5' });
    expect(unit.complete).toEqual([{ table: 'runs', parent: 'GSM1' }]);
  });

  test("GEO's own columns only with GEO's text", () => {
    expect(sampleOf({ packages: [found] })).not.toHaveProperty('geo_protocols');
    const silent = sampleOf({ packages: [found], asked: { ncbi: true, ena: true, geoText: true } });
    expect(silent).toMatchObject({ geo_characteristics: null, geo_protocols: null, geo_data_processing: null });
  });

  test("what only GEO's text may say stays as it is while that text was not asked", () => {
    const bare = sampleOf({ packages: [aPackage({ gsm: 'GSM1' })] });
    for (const column of ['title', 'organism', 'taxon_id', 'attributes', 'tissue', 'date', 'access']) {
      expect(bare).not.toHaveProperty(column);
    }
    const asked = { ncbi: true, ena: true, geoText: true };
    expect(sampleOf({ packages: [aPackage({ gsm: 'GSM1' })], asked })).toMatchObject({ title: null, attributes: null });
    expect(sampleOf({ key: 'SRS000001', packages: [aPackage()] })).toMatchObject({
      title: null,
      attributes: null,
      date: null,
    });
  });

  test("packages, or ENA's record with GEO's text: two plans, one row", () => {
    const row = aRow({
      run_accession: 'SRR10',
      experiment_accession: 'SRX1',
      experiment_alias: 'GSM1',
      sample_accession: 'SAMN1',
      secondary_sample_accession: 'SRS1',
      study_accession: 'PRJNA1',
      secondary_study_accession: 'SRP1',
      study_alias: 'GSE1',
      submission_accession: 'SRA1',
      library_strategy: 'RNA-Seq',
      library_source: 'TRANSCRIPTOMIC',
      library_selection: 'cDNA',
      library_layout: 'PAIRED',
      instrument_platform: 'ILLUMINA',
      instrument_model: 'NextSeq 500',
      experiment_title: 'GSM1: S 1; RNA-Seq',
      read_count: '5',
      base_count: '9',
      first_public: '2020-05-01',
      ...fastq('SRR10_1.fastq.gz', 'SRR10_2.fastq.gz'),
    });
    const packages = [aPackage({ ...found, study: { ...study, dbgap: null }, runs: found.runs.slice(0, 1) })];
    const full = sampleUnit(parts({ packages, enaRuns: [row] }));
    const enaSample = { ...sample, scientificName: 'Homo sapiens' };
    const geo = aGeoSample({
      title: 'other',
      description: ['long'],
      series: ['GSE1'],
      strategy: 'x',
      channels: [aChannel({ source: 'y' })],
    });
    const leanUnit = sampleUnit(parts({ enaRuns: [row], enaSample, geo, asked: { ...lean, geoText: true } }));
    const own = ({
      response_hash,
      geo_protocols,
      geo_characteristics,
      geo_data_processing,
      ...rest
    }: Record<string, unknown>) => rest;
    expect(own({ ...leanUnit.samples[0] })).toEqual(own({ ...full.samples[0] }));
    const { read_lengths: _lengths, ...run } = own({ ...full.runs[0] });
    expect(own({ ...leanUnit.runs[0] })).toEqual(run);
    expect(leanUnit.files.map((file) => [file.key, file.role, file.md5])).toEqual(
      full.files.map((file) => [file.key, file.role, file.md5]),
    );
    expect(leanUnit.links).toEqual(full.links);
  });

  test('an empty answer of ENA alone removes no runs', () => {
    expect(sampleUnit(parts({ asked: lean })).complete).toEqual([]);
  });
});

describe('a sample that only GEO has (no_runs)', () => {
  const geo = aGeoSample({
    title: 'array 1',
    status: 'Public on Aug 24 2020',
    type: 'RNA',
    channels: [
      aChannel({
        source: 'liver',
        organisms: ['Mus musculus'],
        taxonIds: [10090],
        characteristics: [
          { tag: 'tissue', value: 'liver' },
          { tag: null, value: 'uninfected' },
        ],
        molecule: 'total RNA',
        label: 'Cy3',
        protocols: { extract_protocol: ['a', 'b'] },
      }),
      aChannel({
        number: 2,
        source: 'pool',
        organisms: ['Rattus norvegicus'],
        taxonIds: [10116],
        characteristics: [{ tag: 'tissue', value: 'spleen' }],
      }),
    ],
    description: ['one', 'two'],
    dataProcessing: ['x', 'y'],
    platforms: ['GPL1'],
    series: ['GSE20', 'GSE3'],
    biosample: 'SAMN7',
    otherRelations: ['GSM99'],
    strategy: 'RNA-Seq',
    supplementaryFiles: ['https://ftp.ncbi.nlm.nih.gov/geo/samples/GSM1/suppl/GSM1.CEL.gz'],
    texts: { hyb_protocol: ['h'] },
  });
  const unit = sampleUnit(
    parts({ geo, asked: { ncbi: true, ena: true, geoText: true }, superSeries: new Set(['GSE3']) }),
  );

  test('its row', () => {
    expect(unit.samples[0]).toMatchObject({
      title: 'array 1',
      organism: 'Mus musculus, Rattus norvegicus',
      species: 'Mus musculus',
      taxon_id: 10090,
      description: 'one\ntwo',
      attributes: { source_name: ['liver', 'pool'], tissue: ['liver', 'spleen'], characteristics: ['uninfected'] },
      tissue: 'liver, spleen',
      library_strategy: 'RNA-Seq',
      platform: null,
      parent: 'GSE20',
      children: null,
      date: '2020-08-24',
      access: 'public',
      geo_characteristics: { tissue: ['liver', 'spleen'], characteristics: ['uninfected'] },
      geo_protocols: {
        type: ['RNA'],
        description: ['one', 'two'],
        source_name_ch1: ['liver'],
        source_name_ch2: ['pool'],
        molecule_ch1: ['total RNA'],
        label_ch1: ['Cy3'],
        extract_protocol_ch1: ['a', 'b'],
        hyb_protocol: ['h'],
      },
      geo_data_processing: 'x\ny',
    });
  });

  test('its files, links and whole sets', () => {
    expect(unit.runs).toEqual([]);
    expect(unit.files.map((file) => [file.key, file.format, file.source])).toEqual([
      ['GSM1/supplementary/GSM1.CEL.gz', 'cel', 'GEO'],
    ]);
    expect(unit.links.map((link) => `${link.kind} ${link.alias}`)).toEqual([
      'biosample SAMN7',
      'series GSE3',
      'series GSE20',
      'platform GPL1',
      'reanalysis GSM99',
    ]);
    expect(unit.complete).toEqual([
      { table: 'runs', parent: 'GSM1' },
      { table: 'files', parent: 'GSM1', origin: 'supplementary' },
    ]);
  });

  test("INSDC's attributes come before GEO's", () => {
    const row = sampleOf({ packages: [found], geo, asked: { ncbi: true, ena: true, geoText: true } });
    expect(row.attributes).toHaveProperty('age');
    expect(row).toMatchObject({ title: 'S 1', organism: 'Homo sapiens', species: 'Homo sapiens' });
  });

  test('a taxon of two values is none', () => {
    const mixed = aGeoSample({ channels: [aChannel({ organisms: ['A b', 'C d'], taxonIds: [1, 2] })] });
    const row = sampleOf({ geo: mixed, asked: { ncbi: true, ena: true, geoText: true } });
    expect(row).toMatchObject({ organism: 'A b, C d', species: null, taxon_id: null });
  });
});

describe('ranks of sources', () => {
  test('a sample of INSDC from BioSample alone', () => {
    const biosample = aBioSample({
      sra: 'SRS1',
      title: 'B',
      taxonId: 10090,
      organism: 'Mus musculus',
      attributes: [tag('organism part', 'lung'), tag('empty', null)],
      access: 'controlled',
      published: '2019-03-01T00:00:00.000',
      bioprojects: ['PRJNA5'],
      dbgap: 'phs000002',
    });
    const unit = sampleUnit(parts({ key: 'SAMN00000001', biosample }));
    expect(unit.samples[0]).toMatchObject({
      source: 'INSDC',
      title: 'B',
      species: 'Mus musculus',
      tissue: 'lung',
      attributes: { 'organism part': ['lung'], empty: [] },
      parent: 'PRJNA5',
      access: 'controlled',
      date: '2019-03-01',
      children: null,
      url: 'https://www.ncbi.nlm.nih.gov/biosample/SAMN00000001',
    });
    expect(unit.links.map((link) => `${link.kind} ${link.alias}`)).toEqual(['sra_sample SRS1', 'dbgap phs000002']);
  });

  test('ENA XML fills what the row of ENA cannot say', () => {
    const enaSample = {
      accession: 'ERS1',
      alias: 'a',
      biosample: 'SAMEA1',
      gsm: null,
      title: 'X',
      taxonId: 9031,
      scientificName: 'Gallus gallus',
      description: 'd',
      attributes: [tag('tissue', 'embryo')],
    };
    const row = aRow({
      run_accession: 'ERR1',
      sample_accession: 'SAMEA1',
      secondary_sample_accession: 'ERS1',
      scientific_name: 'chicken',
      tax_id: '1',
      library_strategy: 'OTHER',
    });
    expect(
      sampleOf({ key: 'SAMEA1', enaSample, enaRuns: [row], asked: { ncbi: false, ena: true, geoText: false } }),
    ).toMatchObject({
      title: 'X',
      organism: 'Gallus gallus',
      taxon_id: 9031,
      tissue: 'embryo',
      library_strategy: 'OTHER',
      url: 'https://www.ebi.ac.uk/ena/browser/view/SAMEA1',
    });
  });

  test('experiments that differ are joined on the sample and apart on the runs, whatever the order of the answer', () => {
    const other = aPackage({ ...found, experiment: 'SRX2', strategy: 'ATAC-seq', runs: [aRun({ accession: 'SRR3' })] });
    const one = sampleUnit(parts({ packages: [found, other] }));
    expect(one.samples[0]?.library_strategy).toBe('RNA-Seq,ATAC-seq');
    expect(one.runs.map((run) => [run.key, run.strategy])).toEqual([
      ['SRR3', 'ATAC-seq'],
      ['SRR9', 'RNA-Seq'],
      ['SRR10', 'RNA-Seq'],
    ]);
    expect(sampleUnit(parts({ packages: [other, found] }))).toEqual(one);
  });

  test('projects of a sample of two studies', () => {
    const packages = [
      aPackage({ experiment: 'SRX1', study: aStudy({ bioproject: 'PRJNA2' }), runs: [aRun({ accession: 'SRR1' })] }),
      aPackage({ experiment: 'SRX2', study: aStudy({ bioproject: 'PRJNA1' }), runs: [aRun({ accession: 'SRR2' })] }),
    ];
    const unit = sampleUnit(parts({ key: 'SRS000001', packages }));
    expect(unit.samples[0]?.parent).toBe('PRJNA1');
    expect(unit.runs.map((run) => run.project)).toEqual(['PRJNA2', 'PRJNA1']);
    const series = unit.links.filter((link) => link.kind === 'series').map((link) => link.alias);
    expect(series).toEqual(['PRJNA1', 'PRJNA2']);
  });

  test("a BioSample that only ENA's row names is a link", () => {
    const row = aRow({ sample_accession: 'SAMN1', secondary_sample_accession: 'SRS000001', ...fastq() });
    const unit = sampleUnit(parts({ packages: [aPackage({ gsm: 'GSM1' })], enaRuns: [row] }));
    expect(unit.links).toContainEqual({ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' });
  });

  test('ENA counts of 0 without FASTQ are unknown', () => {
    const cells = { read_count: '0', base_count: '0', ...submitted('x.bam') };
    expect(runsOf({ enaRuns: [aRow(cells)] })[0]).toMatchObject({ spots: null, bases: null });
    expect(runsOf({ enaRuns: [aRow({ ...fastq('SRR000001.fastq.gz'), read_count: '7' })] })[0]).toMatchObject({
      spots: 7n,
    });
  });
});

describe('access', () => {
  test.each<[string, Parameters<typeof aRun>[0], string | null]>([
    ['public', {}, 'public'],
    ['another cluster', { cluster: 'dbgap' }, 'controlled'],
    ['is_public="false"', { isPublic: false }, 'controlled'],
    ['not said', { cluster: null, isPublic: null }, null],
  ])('NCBI: %s', (_what, facts, access) => {
    const files = [aFile({ copies: [{ url: 'https://a.b/x.bam', accessType: null, freeEgress: null }] })];
    const packages = [aPackage({ runs: [aRun({ ...facts, files })] })];
    const unit = sampleUnit(parts({ key: 'SRS000001', packages }));
    expect(unit.runs[0]?.access).toBe(access);
    expect(unit.files[0]).toMatchObject({ access, urls: access === 'public' ? ['https://a.b/x.bam'] : [] });
    expect(unit.samples[0]?.access).toBe(access);
  });

  test.each([
    ['', 'public'],
    ['public', 'public'],
    ['private', 'private'],
    ['suppressed', null],
  ])('ENA: status %j', (status, access) => {
    expect(runsOf({ enaRuns: [aRow({ status, ...fastq() })] })[0]?.access).toBe(access);
  });

  test('NCBI decides when both say something', () => {
    const packages = [aPackage({ runs: [aRun({ cluster: 'dbgap' })] })];
    expect(runsOf({ packages, enaRuns: [aRow({ status: 'public', ...fastq() })] })[0]?.access).toBe('controlled');
  });
});

describe('pools', () => {
  const members = [
    aMember({ accession: 'SRS1', biosample: 'SAMN1', title: 'first', organism: 'A b', taxonId: 1 }),
    aMember({ accession: 'SRS2', biosample: 'SAMN2', title: 'second' }),
  ];
  const pooled = aPackage({ samples: [], members, runs: [aRun({ members })] });

  test.each(['SAMN1', 'SAMN2'])('the run is the same row, whichever sample brings it (%s)', (key) => {
    const unit = sampleUnit(parts({ key, packages: [pooled] }));
    expect(unit.runs.map((run) => [run.key, run.parent])).toEqual([['SRR000001', 'SAMN1']]);
    expect(unit.samples[0]).toMatchObject({ key, children: 'SRR000001', title: key === 'SAMN1' ? 'first' : 'second' });
    expect(unit.links.filter((link) => link.key === 'SRR000001')).toEqual([
      { key: 'SRR000001', alias: 'SRX000001', kind: 'experiment' },
      { key: 'SRR000001', alias: 'SAMN1', kind: 'sample' },
      { key: 'SRR000001', alias: 'SAMN2', kind: 'sample' },
    ]);
  });

  test("ENA's row of a pooled run names its first sample only: no name of the second", () => {
    const row = aRow({ sample_accession: 'SAMN1', secondary_sample_accession: 'SRS1', ...fastq() });
    const { links } = sampleUnit(parts({ key: 'SAMN2', packages: [pooled], enaRuns: [row] }));
    expect(links.filter((link) => link.key === 'SAMN2').map((link) => link.alias)).toEqual(['SRX000001', 'SRS2']);
  });

  test('a pool under one GSM belongs to the GSM', () => {
    const unit = sampleUnit(parts({ key: 'GSM1', packages: [{ ...pooled, gsm: 'GSM1' }] }));
    expect(unit.runs[0]?.parent).toBe('GSM1');
  });

  test("a pool of ENA's row", () => {
    const row = aRow({ sample_accession: 'SAMN1;SAMN2', secondary_sample_accession: 'SRS1;SRS2', ...fastq() });
    const unit = sampleUnit(parts({ key: 'SAMN1', enaRuns: [row], asked: { ncbi: false, ena: true, geoText: false } }));
    expect(unit.runs[0]?.parent).toBe('SAMN1');
    expect(unit.links.filter((link) => link.kind === 'sample').map((link) => link.alias)).toEqual(['SAMN1', 'SAMN2']);
    expect(unit.links.filter((link) => link.kind === 'biosample')).toEqual([]);
  });
});

describe('texts and hashes', () => {
  test('a tag named __proto__ is data', () => {
    const odd = aSample({ attributes: [tag('__proto__', 'x'), tag('constructor', 'y')] });
    const row = sampleOf({ packages: [aPackage({ samples: [odd] })] });
    expect(Object.entries(row.attributes ?? {})).toEqual([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
  });

  test('the hash is of the record: another sample of the same answer changes nothing, a value does', () => {
    const hash = (title: string): string | null | undefined =>
      sampleOf({ packages: [aPackage({ samples: [aSample({ title })] })] }).response_hash;
    expect(hash('a')).toBe(hash('a'));
    expect(hash('a')).not.toBe(hash('b'));
  });

  test('the order of the columns of ENA changes no hash', () => {
    const row = aRow({ run_accession: 'SRR1', sample_title: 'T', ...fastq() });
    const turned = Object.fromEntries(Object.entries(row).reverse()) as typeof row;
    expect(sampleUnit(parts({ enaRuns: [turned] }))).toEqual(sampleUnit(parts({ enaRuns: [row] })));
  });
});
