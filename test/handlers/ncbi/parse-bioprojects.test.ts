import { describe, expect, it } from 'vitest';
import { parseBioProjects } from '../../../handlers/ncbi/parse-bioprojects.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

describe('BioProjects of NCBI', () => {
  it('give title, organism, GSE, publications and dates; what is not public has no record', async () => {
    const projects = await collect(parseBioProjects(inChunks(await fixture('ncbi/bioprojects/record-set.xml'))));
    expect(projects).toEqual([
      {
        accession: 'PRJNA900001',
        name: 'Homo sapiens',
        title: 'Two donors',
        description: 'Cells of <i>two</i> donors. Overall design: 2 samples',
        organism: 'Homo sapiens',
        taxonId: 9606,
        gse: 'GSE900001',
        studies: [],
        pubmedIds: ['90000001'],
        submitted: '2023-12-01',
        released: '2024-01-02T00:00:00Z',
        dataTypes: ['Transcriptome or Gene expression'],
        isUmbrella: false,
      },
      {
        accession: 'PRJEB90010',
        name: null,
        title: 'An umbrella',
        description: null,
        organism: null,
        taxonId: null,
        gse: null,
        studies: ['ERP900010'],
        pubmedIds: [],
        submitted: null,
        released: null,
        dataTypes: [],
        isUmbrella: true,
      },
    ]);
  });

  it('are read from the dump too', async () => {
    const projects = await collect(parseBioProjects(inChunks(await fixture('ncbi/bioprojects/package-set.xml'))));
    expect(projects).toMatchObject([
      {
        accession: 'PRJDB90001',
        organism: 'Acetobacteraceae',
        taxonId: 433,
        studies: ['DRP900001'],
        submitted: '2003-02-23',
      },
    ]);
  });
});
