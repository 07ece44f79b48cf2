import { parseWhole } from '../xml/parse-number.ts';
import { readRecords } from '../xml/read-records.ts';
import { attributeOf, childOf, descend, everyAt, textOf, type XmlElement } from '../xml/xml-element.ts';
import { badXml, type XmlFormat } from '../xml/xml-format.ts';
import type { BioSample } from './biosample.ts';

const FORMAT: XmlFormat = {
  what: "NCBI's BioSamples",
  roots: ['BioSampleSet', 'BioSample'],
  records: ['BioSample'],
  // Tables are antibiograms of hundreds of cells; owners are addresses.
  skip: ['Table', 'Owner', 'Models'],
};

/**
 * Streams the records of `efetch db=biosample retmode=xml`. Values stay in the source's words, placeholders
 * (`missing`, `not collected`) included. An unknown accession has no record.
 */
export async function* parseBioSamples(chunks: AsyncIterable<string>): AsyncGenerator<BioSample> {
  for await (const element of readRecords(chunks, FORMAT)) yield toBioSample(element);
}

function toBioSample(element: XmlElement): BioSample {
  const accession = attributeOf(element, 'accession') ?? idOf(element, 'BioSample');
  if (accession === null) throw badXml(FORMAT, 'incomplete', 'a sample without an accession');
  const organism = descend(element, 'Description', 'Organism');
  const attributes = everyAt(element, 'Attributes', 'Attribute');
  return {
    accession,
    sra: idOf(element, 'SRA'),
    gsm: idOf(element, 'GEO'),
    title: textOf(descend(element, 'Description', 'Title')),
    taxonId: parseWhole(attributeOf(organism, 'taxonomy_id')),
    organism: attributeOf(organism, 'taxonomy_name') ?? textOf(childOf(organism, 'OrganismName')),
    description: descriptionOf(element),
    attributes: attributes.flatMap((attribute) => {
      const tag = attributeOf(attribute, 'attribute_name') ?? attributeOf(attribute, 'harmonized_name');
      return tag === null ? [] : [{ tag, value: attribute.text.trim(), units: attributeOf(attribute, 'unit') }];
    }),
    access: attributeOf(element, 'access'),
    published: attributeOf(element, 'publication_date'),
    status: attributeOf(childOf(element, 'Status'), 'status'),
    bioprojects: bioprojectsOf(element),
    dbgap: dbgapOf(element, attributes),
  };
}

function idOf(element: XmlElement, db: string): string | null {
  const ids = everyAt(element, 'Ids', 'Id');
  return textOf(ids.find((id) => attributeOf(id, 'db') === db));
}

/** The paragraphs of the comment, one a line. */
function descriptionOf(element: XmlElement): string | null {
  const paragraphs = everyAt(element, 'Description', 'Comment', 'Paragraph').map(textOf);
  const said = paragraphs.filter((paragraph) => paragraph !== null);
  return said.length === 0 ? null : said.join('\n');
}

function bioprojectsOf(element: XmlElement): readonly string[] {
  const labels = everyAt(element, 'Links', 'Link')
    .filter((link) => attributeOf(link, 'target') === 'bioproject')
    .map((link) => attributeOf(link, 'label'))
    .filter((label) => label !== null && /^PRJ[A-Z]{2}\d+$/.test(label));
  return [...new Set(labels.filter((label) => label !== null))];
}

/** The phs accession that an attribute (`gap_accession`), a link or an id names. */
function dbgapOf(element: XmlElement, attributes: readonly XmlElement[]): string | null {
  const accession = attributes.find((attribute) => attributeOf(attribute, 'attribute_name') === 'gap_accession');
  const links = everyAt(element, 'Links', 'Link').flatMap((link) => [attributeOf(link, 'label'), textOf(link)]);
  const named = [textOf(accession), ...links, idOf(element, 'dbGaP')];
  return named.find((name) => name !== null && /^phs\d{6}/.test(name)) ?? null;
}
