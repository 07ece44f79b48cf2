import { describe, expect, it } from 'vitest';
import { parseBioSamples } from '../../../handlers/ncbi/parse-biosamples.ts';
import { collect, fixture, inChunks } from '../text-chunks.ts';

describe('BioSamples of NCBI', () => {
  it('give names, organism, all attributes in the words of the source, and links', async () => {
    const [first] = await collect(parseBioSamples(inChunks(await fixture('ncbi/biosamples/set.xml'))));
    expect(first).toEqual({
      accession: 'SAMN90000001',
      sra: 'SRS9000001',
      gsm: 'GSM9000001',
      title: 'brain, donor 1',
      taxonId: 9606,
      organism: 'Homo sapiens',
      description: 'First paragraph.\nKeywords: GSC:MIxS',
      attributes: [
        { tag: 'tissue', value: 'frontal cortex', units: null },
        { tag: 'collection date', value: 'not collected', units: null },
        { tag: 'lat_lon', value: '', units: null },
      ],
      access: 'public',
      published: '2024-01-01T00:00:00.000',
      status: 'live',
      bioprojects: ['PRJNA900001'],
      dbgap: null,
    });
  });

  it('a controlled record names its dbGaP study, not its name there', async () => {
    const [, controlled] = await collect(parseBioSamples(inChunks(await fixture('ncbi/biosamples/set.xml'))));
    expect(controlled).toMatchObject({
      accession: 'SAMN90000002',
      title: 'DNA sample of a participant',
      organism: 'Homo sapiens',
      access: 'controlled-access',
      status: 'suppressed',
      dbgap: 'phs900020',
      description: null,
      bioprojects: [],
    });
  });

  it('an unknown accession has no record; a record without an accession is a bad response', async () => {
    expect(await collect(parseBioSamples(inChunks('<BioSampleSet></BioSampleSet>')))).toEqual([]);
    await expect(collect(parseBioSamples(inChunks('<BioSampleSet><BioSample/></BioSampleSet>')))).rejects.toThrow(
      /a sample without an accession/,
    );
  });
});
