import { accessionOf, externalIds, firstOf, gseIn, linksOf, pubmedIdsOf } from '../xml/insdc-elements.ts';
import { readRecords } from '../xml/read-records.ts';
import { attributeOf, childOf, everyAt, textOf, type XmlElement } from '../xml/xml-element.ts';
import { badXml, type XmlFormat } from '../xml/xml-format.ts';
import type { EnaStudy } from './study.ts';

const FORMAT: XmlFormat = {
  what: "ENA's studies",
  roots: ['STUDY_SET', 'PROJECT_SET'],
  records: ['STUDY', 'PROJECT'],
  skip: ['RELATED_PROJECTS'],
};

/** Streams the records of a STUDY_SET or PROJECT_SET. Throws a `BadResponseError` for a cut document or another one. */
export async function* parseEnaStudies(chunks: AsyncIterable<string>): AsyncGenerator<EnaStudy> {
  for await (const element of readRecords(chunks, FORMAT)) {
    yield element.name === 'STUDY' ? toStudy(element) : toProject(element);
  }
}

function toStudy(element: XmlElement): EnaStudy {
  const accession = requireAccession(element);
  const descriptor = childOf(element, 'DESCRIPTOR');
  return {
    ...namesOf(element),
    accession,
    bioproject: firstOf([...externalIds(element, 'BioProject'), ...secondaryIds(element)], projectIn),
    study: accession,
    title: textOf(childOf(descriptor, 'STUDY_TITLE')),
    abstract: textOf(childOf(descriptor, 'STUDY_ABSTRACT')) ?? textOf(childOf(descriptor, 'STUDY_DESCRIPTION')),
    type: attributeOf(childOf(descriptor, 'STUDY_TYPE'), 'existing_study_type'),
    pubmedIds: pubmedIdsOf(linksOf(element, 'STUDY')),
  };
}

function toProject(element: XmlElement): EnaStudy {
  const accession = requireAccession(element);
  return {
    ...namesOf(element),
    accession,
    bioproject: accession,
    study: firstOf(secondaryIds(element), studyIn),
    title: textOf(childOf(element, 'TITLE')),
    abstract: textOf(childOf(element, 'DESCRIPTION')),
    type: childOf(element, 'UMBRELLA_PROJECT') === undefined ? null : 'umbrella',
    pubmedIds: pubmedIdsOf(linksOf(element, 'PROJECT')),
  };
}

function namesOf(element: XmlElement): Pick<EnaStudy, 'alias' | 'gse' | 'center'> {
  const alias = attributeOf(element, 'alias');
  return {
    alias,
    gse: firstOf([alias, ...externalIds(element, 'GEO')], gseIn),
    center: attributeOf(element, 'center_name'),
  };
}

function requireAccession(element: XmlElement): string {
  const accession = accessionOf(element);
  if (accession === null) throw badXml(FORMAT, 'incomplete', 'a record without an accession');
  return accession;
}

function secondaryIds(element: XmlElement): readonly (string | null)[] {
  return everyAt(element, 'IDENTIFIERS', 'SECONDARY_ID').map(textOf);
}

function projectIn(name: string | null): string | null {
  return name !== null && /^PRJ[A-Z]{2}\d+$/.test(name) ? name : null;
}

function studyIn(name: string | null): string | null {
  return name !== null && /^[SED]RP\d+$/.test(name) ? name : null;
}
