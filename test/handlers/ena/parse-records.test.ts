import { describe, expect, it } from 'vitest';
import { parseEnaSamples } from '../../../handlers/ena/parse-samples.ts';
import { parseEnaStudies } from '../../../handlers/ena/parse-studies.ts';
import { BadResponseError } from '../../../src/ports/handler.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

describe('samples of ENA', () => {
  it("have the submitter's attributes in order, repeated ones too, without ENA's own", async () => {
    const [first] = await collect(parseEnaSamples(inChunks(await fixture('ena/samples/set.xml'))));
    expect(first).toEqual({
      accession: 'ERS900001',
      alias: 'E-MTAB-9000:s1',
      biosample: 'SAMEA9000001',
      gsm: null,
      title: 's1',
      taxonId: 9606,
      scientificName: 'Homo sapiens',
      description: 'Protocols: 1 μM of an inhibitor.',
      attributes: [
        { tag: 'organism', value: 'Homo sapiens', units: null },
        { tag: 'organism', value: 'Homo sapiens', units: null },
        { tag: 'age', value: '<30', units: 'years' },
      ],
    });
  });

  it('of GEO name their GSM; what is not said is null', async () => {
    const [, second] = await collect(parseEnaSamples(inChunks(await fixture('ena/samples/set.xml'))));
    expect(second).toMatchObject({
      accession: 'SRS9000001',
      gsm: 'GSM9000001',
      title: null,
      taxonId: null,
      attributes: [],
    });
  });

  it('are refused when the document is cut or holds something else', async () => {
    const text = await fixture('ena/samples/set.xml');
    await expect(collect(parseEnaSamples(inChunks(text.slice(0, text.length / 2))))).rejects.toThrow(/cut/);
    await expect(collect(parseEnaSamples(inChunks('<RUN_SET/>')))).rejects.toThrow(BadResponseError);
  });
});

describe('studies of ENA', () => {
  it('by their SRP or ERP', async () => {
    const studies = await collect(parseEnaStudies(inChunks(await fixture('ena/studies/study-set.xml'))));
    expect(studies).toEqual([
      {
        accession: 'SRP900001',
        alias: 'GSE900001',
        bioproject: 'PRJNA900001',
        study: 'SRP900001',
        gse: 'GSE900001',
        title: 'Two donors',
        abstract: 'Cells of two donors.',
        type: 'Transcriptome Analysis',
        pubmedIds: ['90000001', '90000002'],
        center: 'GEO',
      },
      {
        accession: 'ERP900010',
        alias: 'E-MTAB-9000',
        bioproject: 'PRJEB90010',
        study: 'ERP900010',
        gse: null,
        title: 'No abstract',
        abstract: 'Only described.',
        type: null,
        pubmedIds: [],
        center: 'A centre',
      },
    ]);
  });

  it('by their PRJ', async () => {
    const projects = await collect(parseEnaStudies(inChunks(await fixture('ena/studies/project-set.xml'))));
    expect(projects).toMatchObject([
      {
        accession: 'PRJEB90010',
        bioproject: 'PRJEB90010',
        study: 'ERP900010',
        title: 'A project',
        abstract: 'What it is about.',
        type: null,
        pubmedIds: ['90000003'],
      },
      { accession: 'PRJEB90011', study: null, type: 'umbrella' },
    ]);
  });
});
