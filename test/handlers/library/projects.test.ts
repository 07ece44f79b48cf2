import { describe, expect, test } from 'vitest';
import { type ProjectParts, projectOf, projectOfRun, seriesOf } from '../../../handlers/library/project-of.ts';
import { type ProjectFacts, projectKey, projectShell } from '../../../handlers/library/project-shell.ts';
import { aBioSample, aGeoSample, aPackage, aRow, aRun, aSeries, aStudy, aSummary } from './library-facts.ts';

const none: ProjectParts = { packages: [], enaRuns: [], biosample: null, geo: null, superSeries: new Set() };
const inStudy = (facts: Parameters<typeof aStudy>[0]) => [aPackage({ study: aStudy(facts) })];

describe('the project of a sample', () => {
  const geo = aGeoSample({ series: ['GSE300', 'GSE20', 'GSE100'] });
  test.each<[string, Partial<ProjectParts>, string | null]>([
    [
      'the series that is the alias of the study',
      { packages: inStudy({ gse: 'GSE100', bioproject: 'PRJNA1' }), geo },
      'GSE100',
    ],
    [
      "the series of ENA's study_alias",
      { enaRuns: [aRow({ study_alias: 'GSE100', study_accession: 'PRJNA1' })], geo },
      'GSE100',
    ],
    ['the lowest-numbered series of GEO', { geo }, 'GSE20'],
    ['a series that is no SuperSeries', { geo, superSeries: new Set(['GSE20']) }, 'GSE100'],
    [
      'not the alias when that is a SuperSeries',
      { packages: inStudy({ gse: 'GSE20' }), geo, superSeries: new Set(['GSE20']) },
      'GSE100',
    ],
    [
      'the SuperSeries when it is all there is',
      { geo: aGeoSample({ series: ['GSE20'] }), superSeries: new Set(['GSE20']) },
      'GSE20',
    ],
    ['the BioProject of the study', { packages: inStudy({ bioproject: 'PRJNA1' }) }, 'PRJNA1'],
    ["the BioProject of ENA's row", { enaRuns: [aRow({ study_alias: 'mine', study_accession: 'PRJEB1' })] }, 'PRJEB1'],
    ['the BioProject of the BioSample', { biosample: aBioSample({ bioprojects: ['PRJNA7', 'PRJNA3'] }) }, 'PRJNA7'],
    ['the SRP', { packages: inStudy({ accession: 'SRP5' }) }, 'SRP5'],
    ["the first of ENA's list", { enaRuns: [aRow({ secondary_study_accession: 'DRP000670;DRP000595' })] }, 'DRP000595'],
    ["the series of GEO's summary", { packages: inStudy({ bioproject: 'PRJNA1' }), series: ['GSE9', 'GSE8'] }, 'GSE8'],
    ['nothing', {}, null],
  ])('is %s', (_what, facts, key) => {
    expect(projectOf({ ...none, ...facts })).toBe(key);
  });

  test('all series are known, by number', () => {
    expect(seriesOf({ ...none, geo, packages: inStudy({ gse: 'GSE9' }) })).toEqual([
      'GSE9',
      'GSE20',
      'GSE100',
      'GSE300',
    ]);
  });

  test('the project of a run is that of its own experiment', () => {
    const run = aRun();
    const parts = (facts: Parameters<typeof aStudy>[0]) => ({
      accession: run.accession,
      package: aPackage({ study: aStudy(facts) }),
      run,
      row: null,
    });
    expect(projectOfRun(parts({ gse: 'GSE9' }), 'GSE1')).toBe('GSE9');
    expect(projectOfRun(parts({ bioproject: 'PRJNA9' }), 'GSE1')).toBe('GSE1');
    expect(projectOfRun(parts({ bioproject: 'PRJNA9' }), 'PRJNA1')).toBe('PRJNA9');
    expect(projectOfRun({ accession: 'SRR1', package: null, run: null, row: aRow() }, 'PRJNA1')).toBe('PRJNA1');
  });
});

const facts: ProjectFacts = {
  key: 'GSE1',
  study: null,
  enaRow: null,
  summary: null,
  series: null,
  handler: 'geo',
  fetchedAt: '2026-01-02T03:04:05.000Z',
};
const study = aStudy({
  accession: 'SRP1',
  gse: 'GSE1',
  bioproject: 'PRJNA1',
  title: 'Study',
  abstract: 'abs',
  type: 'Other',
  pubmedIds: ['2'],
});

describe('the row of a project', () => {
  test("GEO's summary comes first", () => {
    const summary = aSummary({
      title: 'Title',
      summary: 'Sum',
      organisms: ['Homo sapiens', 'Mus musculus'],
      type: 'Expression profiling',
      date: '2020-01-02',
      pubmedIds: ['1'],
      bioproject: 'PRJNA1',
      sra: ['SRP1'],
      superSeries: ['GSE30', 'GSE4'],
      platforms: ['GPL1', 'GPL2'],
    });
    const { patch, links } = projectShell({ ...facts, summary, study });
    expect(patch).toMatchObject({
      key: 'GSE1',
      source: 'GEO',
      title: 'Title',
      summary: 'Sum',
      organism: 'Homo sapiens; Mus musculus',
      type: 'Expression profiling',
      date: '2020-01-02',
      publications: ['1'],
      parent: 'GSE4',
      url: 'https://www.ncbi.nlm.nih.gov/geo/query/acc.cgi?acc=GSE1',
    });
    expect(patch).not.toHaveProperty('overall_design');
    expect(patch).not.toHaveProperty('children');
    expect(links.map(({ kind, alias }) => `${kind} ${alias}`)).toEqual([
      'bioproject PRJNA1',
      'study SRP1',
      'superseries GSE30',
      'superseries GSE4',
      'platform GPL1',
      'platform GPL2',
    ]);
  });

  test("GEO's text alone gives the overall design, and its SubSeries", () => {
    const series = aSeries({
      title: 'T',
      summary: ['a', 'b'],
      overallDesign: ['x', 'y'],
      status: 'Public on Mar 01 2021',
      subSeries: ['GSE2'],
    });
    const { patch, links } = projectShell({ ...facts, series });
    expect(patch).toMatchObject({
      title: 'T',
      summary: 'a\nb',
      overall_design: 'x\ny',
      date: '2021-03-01',
      parent: null,
    });
    expect(patch).not.toHaveProperty('organism');
    expect(links).toEqual([{ key: 'GSE1', alias: 'GSE2', kind: 'subseries' }]);
  });

  test('a STUDY has neither date nor organism: those columns are absent, not null', () => {
    const { patch } = projectShell({ ...facts, key: 'PRJNA1', study: { ...study, gse: null } });
    expect(patch).toMatchObject({
      key: 'PRJNA1',
      source: 'INSDC',
      title: 'Study',
      summary: 'abs',
      type: 'Other',
      publications: ['2'],
    });
    for (const column of ['date', 'organism', 'parent', 'overall_design']) expect(patch).not.toHaveProperty(column);
  });

  test('a row of ENA gives the title alone', () => {
    const enaRow = aRow({ study_accession: 'PRJNA1', secondary_study_accession: 'SRP1', study_title: 'ENA title' });
    const { patch, links } = projectShell({ ...facts, key: 'PRJNA1', enaRow });
    expect(patch.title).toBe('ENA title');
    expect(patch).not.toHaveProperty('summary');
    expect(links).toEqual([{ key: 'PRJNA1', alias: 'SRP1', kind: 'study' }]);
  });

  test('a study and a row of another project are left aside', () => {
    const other = aRow({ study_accession: 'PRJNA9', study_title: 'another' });
    const { patch, links } = projectShell({ ...facts, key: 'PRJNA2', study, enaRow: other });
    expect(patch).not.toHaveProperty('title');
    expect(links).toEqual([]);
  });

  test.each<[string, Partial<ProjectFacts>, string | null]>([
    ['GSE of the study', { study }, 'GSE1'],
    ["GSE of ENA's alias", { enaRow: aRow({ study_alias: 'GSE8', study_accession: 'PRJNA1' }) }, 'GSE8'],
    ['BioProject', { study: { ...study, gse: null } }, 'PRJNA1'],
    ['SRP', { study: aStudy() }, 'SRP000001'],
    ['none', {}, null],
  ])('its key: %s', (_what, given, key) => {
    expect(projectKey({ ...facts, ...given })).toBe(key);
  });
});
