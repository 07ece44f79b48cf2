import { describe, expect, test } from 'vitest';
import { groupLibraries } from '../../../handlers/library/group-libraries.ts';
import { aMember, aPackage, aRow, aRun, aSample } from './library-facts.ts';

const keysOf = (answers: Parameters<typeof groupLibraries>[0]): string[] => [...groupLibraries(answers).keys()];

describe('the key of a sample', () => {
  test.each([
    [
      'GSM of the experiment',
      aPackage({ gsm: 'GSM1', samples: [aSample({ gsm: 'GSM2', biosample: 'SAMN1' })] }),
      'GSM1',
    ],
    ['GSM of the sample', aPackage({ samples: [aSample({ gsm: 'GSM2', biosample: 'SAMN1' })] }), 'GSM2'],
    ['BioSample', aPackage({ samples: [aSample({ biosample: 'SAMN1' })] }), 'SAMN1'],
    ['SRS', aPackage(), 'SRS000001'],
    ['member, when no SAMPLE is there', aPackage({ samples: [], members: [aMember({ biosample: 'SAMN3' })] }), 'SAMN3'],
  ])('of a package: %s', (_what, found, key) => {
    expect(keysOf({ packages: [found], enaRuns: [] })).toEqual([key]);
  });

  test.each([
    ['experiment_alias', { experiment_alias: 'GSM1', sample_alias: 'GSM2', sample_accession: 'SAMN1' }, 'GSM1'],
    ['sample_alias', { experiment_alias: 'lib 7', sample_alias: 'GSM2', sample_accession: 'SAMN1' }, 'GSM2'],
    ['run_alias', { experiment_alias: '', run_alias: 'GSM3_r1', sample_accession: 'SAMN1' }, 'GSM3'],
    ['sample_accession', { sample_accession: 'SAMN1', secondary_sample_accession: 'SRS1' }, 'SAMN1'],
    ['secondary_sample_accession', { secondary_sample_accession: 'SRS1' }, 'SRS1'],
    [
      'the first sample of a pool',
      { sample_accession: 'SAMN1;SAMN2', secondary_sample_accession: 'SRS1;SRS2' },
      'SAMN1',
    ],
    ['a text that only begins like a GSM', { experiment_alias: 'GSM1_rep2', sample_accession: 'SAMN1' }, 'SAMN1'],
  ])('of a row of ENA: %s', (_what, cells, key) => {
    expect(keysOf({ packages: [], enaRuns: [aRow(cells)] })).toEqual([key]);
  });

  test('a row that names no sample is left out', () => {
    expect(keysOf({ packages: [], enaRuns: [aRow({ experiment_accession: 'SRX1' })] })).toEqual([]);
  });
});

describe('both archives meet on one key', () => {
  const run = aRun({ accession: 'SRR1' });

  test('only ENA names the GSM of the experiment', () => {
    const row = aRow({
      run_accession: 'SRR1',
      experiment_accession: 'SRX1',
      experiment_alias: 'GSM1',
      sample_accession: 'SAMN1',
    });
    const packages = [aPackage({ experiment: 'SRX1', samples: [aSample({ biosample: 'SAMN1' })], runs: [run] })];
    const groups = groupLibraries({ packages, enaRuns: [row] });
    expect([...groups]).toEqual([['GSM1', { packages, enaRuns: [row] }]]);
  });

  test('only NCBI names it, and ENA sends the run and its files only', () => {
    const row = aRow({ run_accession: 'SRR1' });
    const packages = [aPackage({ gsm: 'GSM1', runs: [run] })];
    expect([...groupLibraries({ packages, enaRuns: [row] })]).toEqual([['GSM1', { packages, enaRuns: [row] }]]);
  });

  test('a run that only ENA knows, of an experiment that NCBI knows', () => {
    const row = aRow({ run_accession: 'SRR2', experiment_accession: 'SRX000001', sample_accession: 'SAMN9' });
    const groups = groupLibraries({ packages: [aPackage({ gsm: 'GSM1', runs: [run] })], enaRuns: [row] });
    expect([...groups.keys()]).toEqual(['GSM1']);
    expect(groups.get('GSM1')?.enaRuns).toEqual([row]);
  });

  test('NCBI knows the SRS only, ENA its BioSample', () => {
    const packages = [aPackage({ samples: [aSample({ accession: 'SRS1' })], runs: [run] })];
    const rows = [
      aRow({ run_accession: 'SRR1', sample_accession: 'SAMN1', secondary_sample_accession: 'SRS1' }),
      aRow({ run_accession: 'SRR5', experiment_accession: 'SRX5', secondary_sample_accession: 'SRS1' }),
    ];
    const groups = groupLibraries({ packages, enaRuns: rows });
    expect([...groups]).toEqual([['SAMN1', { packages, enaRuns: rows }]]);
  });

  test('two GSM that share a BioSample (multiome) stay two samples', () => {
    const samples = [aSample({ accession: 'SRS1', biosample: 'SAMN1', gsm: 'GSM1' })];
    const packages = [
      aPackage({ experiment: 'SRX1', gsm: 'GSM1', samples, runs: [run] }),
      aPackage({ experiment: 'SRX2', gsm: 'GSM2', samples, runs: [aRun({ accession: 'SRR2' })] }),
    ];
    const rows = ['SRR1', 'SRR2'].map((name) =>
      aRow({ run_accession: name, sample_alias: 'GSM1', sample_accession: 'SAMN1' }),
    );
    const groups = groupLibraries({ packages, enaRuns: rows });
    expect([...groups.keys()]).toEqual(['GSM1', 'GSM2']);
    expect(groups.get('GSM2')).toEqual({ packages: [packages[1]], enaRuns: [rows[1]] });
  });

  test('several experiments of one BioSample are one sample', () => {
    const samples = [aSample({ biosample: 'SAMN1' })];
    const packages = ['SRX1', 'SRX2'].map((experiment) => aPackage({ experiment, samples }));
    expect([...groupLibraries({ packages, enaRuns: [] })]).toEqual([['SAMN1', { packages, enaRuns: [] }]]);
  });
});

describe('pools', () => {
  const members = [
    aMember({ accession: 'SRS1', biosample: 'SAMN1' }),
    aMember({ accession: 'SRS2', biosample: 'SAMN2' }),
  ];

  test('a pooled run is given to all of its samples', () => {
    const runs = [aRun({ accession: 'SRR1', members })];
    const groups = groupLibraries({
      packages: [aPackage({ samples: [], members, runs })],
      enaRuns: [aRow({ run_accession: 'SRR1' })],
    });
    expect([...groups.keys()]).toEqual(['SAMN1', 'SAMN2']);
    for (const group of groups.values()) {
      expect(group.packages.flatMap((found) => found.runs)).toEqual(runs);
      expect(group.enaRuns).toHaveLength(1);
    }
  });

  test('a run of one member goes to that member alone', () => {
    const runs = members.map((member, index) => aRun({ accession: `SRR${index + 1}`, members: [member] }));
    const groups = groupLibraries({ packages: [aPackage({ samples: [], members, runs })], enaRuns: [] });
    const shared = [...groups].map(([key, group]) => [
      key,
      group.packages.flatMap((one) => one.runs.map((run) => run.accession)),
    ]);
    expect(shared).toEqual([
      ['SAMN1', ['SRR1']],
      ['SAMN2', ['SRR2']],
    ]);
  });

  test('the GSM of the experiment holds a pool together', () => {
    const found = aPackage({ gsm: 'GSM1', members, runs: [aRun({ members })] });
    expect(keysOf({ packages: [found], enaRuns: [] })).toEqual(['GSM1']);
  });
});
