import { describe, expect, it } from 'vitest';
import { parseBioSamples } from '../../../handlers/ncbi/parse-biosamples.ts';
import { attribute, content, elements, startTags, text } from '../plain-reading.ts';
import { HAS_RECORDINGS, hasRecordingsOf, joinTruth, recordingsOf } from '../recordings.ts';
import { collect, inChunks } from '../text-chunks.ts';

function plainSample(source: string): object {
  const ids = elements(source, 'Id');
  const organism = startTags(source, 'Organism')[0] ?? '';
  const idOf = (db: string): string | null => text(ids.find((id) => attribute(id, 'db') === db) ?? '', 'Id');
  return {
    accession: attribute(source, 'accession'),
    sra: idOf('SRA'),
    gsm: idOf('GEO'),
    title: text(source, 'Title'),
    taxonId: Number(attribute(organism, 'taxonomy_id')),
    organism: attribute(organism, 'taxonomy_name'),
    attributes: elements(elements(source, 'Attributes')[0] ?? '', 'Attribute').map((one) => ({
      tag: attribute(one, 'attribute_name'),
      value: content(one, 'Attribute'),
      units: null,
    })),
    access: attribute(source, 'access'),
    published: attribute(source, 'publication_date'),
    status: attribute(startTags(source, 'Status')[0] ?? '', 'status'),
    bioprojects: startTags(source, 'Link')
      .filter((link) => attribute(link, 'target') === 'bioproject')
      .map((link) => attribute(link, 'label'))
      .filter((label) => label !== null),
  };
}

describe.skipIf(!HAS_RECORDINGS)('recorded BioSamples (skipped without the folder of recordings)', () => {
  it.skipIf(!hasRecordingsOf('ncbi/efetch-biosample-xml'))(
    'every mapped field of a BioSample equals a plain reading',
    async () => {
      let samples = 0;
      let attributes = 0;
      for (const recording of [
        ...recordingsOf('ncbi/efetch-biosample-xml'),
        ...recordingsOf('ncbi/biosample-set-xml'),
      ]) {
        const parsed = await collect(parseBioSamples(inChunks(recording.text, 5000)));
        const sources = elements(recording.text, 'BioSample');
        expect(parsed.length, recording.path).toBe(sources.length);
        for (const [index, sample] of parsed.entries()) {
          expect(sample, sample.accession).toMatchObject(plainSample(sources[index] ?? ''));
          attributes += sample.attributes.length;
        }
        samples += parsed.length;
      }
      console.info(`BioSamples compared: ${samples} with ${attributes} attributes`);
      expect(Math.min(samples, attributes)).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasRecordingsOf('ncbi/efetch-biosample-xml'))(
    'a BioSample belongs to its SRS as JOIN-TRUTH says',
    async () => {
      const sraOf = new Map<string, string | null>();
      for (const recording of recordingsOf('ncbi/efetch-biosample-xml')) {
        for (const one of await collect(parseBioSamples(inChunks(recording.text)))) sraOf.set(one.accession, one.sra);
      }
      const rows = joinTruth().filter((row) => sraOf.has(row.biosample ?? ''));
      for (const row of rows) expect(sraOf.get(row.biosample ?? ''), row.biosample).toBe(row.sra_sample);
      console.info(`rows of JOIN-TRUTH compared with BioSamples: ${rows.length}`);
      expect(sraOf.size).toBeGreaterThan(0);
    },
  );
});
