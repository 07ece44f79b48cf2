import { accessionOf, attributesOf, externalIds, firstOf, gsmIn, isEnaExtra } from '../xml/insdc-elements.ts';
import { parseWhole } from '../xml/parse-number.ts';
import { readRecords } from '../xml/read-records.ts';
import { attributeOf, childOf, textOf, type XmlElement } from '../xml/xml-element.ts';
import { badXml, type XmlFormat } from '../xml/xml-format.ts';
import type { EnaSample } from './sample.ts';

const FORMAT: XmlFormat = {
  what: "ENA's samples",
  roots: ['SAMPLE_SET'],
  records: ['SAMPLE'],
  // Links to everything else that ENA has of the sample: not used, and 27 % of the recorded text.
  skip: ['SAMPLE_LINKS'],
};

/**
 * Streams the records of a SAMPLE_SET, without ENA's own `ENA-*` attributes. An accession that was asked twice comes
 * twice, an unknown one not at all. Throws a `BadResponseError` for a cut document or another one.
 */
export async function* parseEnaSamples(chunks: AsyncIterable<string>): AsyncGenerator<EnaSample> {
  for await (const element of readRecords(chunks, FORMAT)) yield toSample(element);
}

function toSample(element: XmlElement): EnaSample {
  const accession = accessionOf(element);
  if (accession === null) throw badXml(FORMAT, 'incomplete', 'a sample without an accession');
  const name = childOf(element, 'SAMPLE_NAME');
  const alias = attributeOf(element, 'alias');
  return {
    accession,
    alias,
    biosample: externalIds(element, 'BioSample')[0] ?? null,
    gsm: firstOf([alias, ...externalIds(element, 'GEO')], gsmIn),
    title: textOf(childOf(element, 'TITLE')),
    taxonId: parseWhole(textOf(childOf(name, 'TAXON_ID'))),
    scientificName: textOf(childOf(name, 'SCIENTIFIC_NAME')),
    description: textOf(childOf(element, 'DESCRIPTION')),
    attributes: attributesOf(element, 'SAMPLE').filter((attribute) => !isEnaExtra(attribute)),
  };
}
