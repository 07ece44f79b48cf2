import { firstOf, gseIn } from '../xml/insdc-elements.ts';
import { parseWhole } from '../xml/parse-number.ts';
import { readRecords } from '../xml/read-records.ts';
import { attributeOf, childOf, descend, everyAt, findBelow, textOf, type XmlElement } from '../xml/xml-element.ts';
import type { XmlFormat } from '../xml/xml-format.ts';
import type { BioProject } from './bioproject.ts';

const FORMAT: XmlFormat = {
  what: "NCBI's BioProjects",
  roots: ['RecordSet', 'PackageSet', 'DocumentSummary'],
  records: ['DocumentSummary', 'Package'],
  // Citations with their authors are 57 % of the recorded dump.
  skip: ['StructuredCitation', 'RepliconSet', 'BiologicalProperties', 'LocusTagPrefix'],
};

/**
 * Streams the projects of `efetch db=bioproject retmode=xml`, or of a dump. What NCBI cannot show (private, unknown)
 * comes as a summary without a project and is left out.
 */
export async function* parseBioProjects(chunks: AsyncIterable<string>): AsyncGenerator<BioProject> {
  for await (const element of readRecords(chunks, FORMAT)) {
    const project = toBioProject(element);
    if (project !== null) yield project;
  }
}

function toBioProject(record: XmlElement): BioProject | null {
  // A dump wraps the project once more: Package/Project/{Project, Submission}.
  const outer = record.name === 'Package' ? childOf(record, 'Project') : record;
  const project = childOf(outer, 'Project');
  const accession = attributeOf(descend(project, 'ProjectID', 'ArchiveID'), 'accession');
  if (accession === null) return null;
  const descr = childOf(project, 'ProjectDescr');
  const type = childOf(project, 'ProjectType');
  const organism = findBelow(type, 'Organism');
  const centerIds = everyAt(project, 'ProjectID', 'CenterID').map(textOf);
  return {
    accession,
    name: textOf(childOf(descr, 'Name')),
    title: textOf(childOf(descr, 'Title')),
    description: textOf(childOf(descr, 'Description')),
    organism: textOf(childOf(organism, 'OrganismName')),
    taxonId: parseWhole(attributeOf(organism, 'taxID')),
    gse: firstOf([...externalNames(descr, 'GEO'), ...centerIds], gseIn),
    studies: studiesIn([...externalNames(descr, 'SRA'), ...centerIds]),
    pubmedIds: pubmedIdsOf(descr),
    submitted: attributeOf(childOf(outer, 'Submission'), 'submitted'),
    released: textOf(childOf(descr, 'ProjectReleaseDate')),
    dataTypes: dataTypesOf(type),
    isUmbrella: (type?.children ?? []).some((child) => child.name.startsWith('ProjectTypeTop')),
  };
}

function externalNames(descr: XmlElement | undefined, db: string): readonly string[] {
  return everyAt(descr, 'ExternalLink', 'dbXREF')
    .filter((reference) => attributeOf(reference, 'db') === db)
    .flatMap((reference) => everyAt(reference, 'ID').map(textOf))
    .filter((id) => id !== null);
}

function studiesIn(names: readonly (string | null)[]): readonly string[] {
  const studies = names.filter((name) => name !== null && /^[SED]RP\d+$/.test(name));
  return [...new Set(studies.filter((name) => name !== null))];
}

function pubmedIdsOf(descr: XmlElement | undefined): readonly string[] {
  const ids = everyAt(descr, 'Publication')
    .filter((publication) => textOf(childOf(publication, 'DbType')) === 'ePubmed')
    .map((publication) => attributeOf(publication, 'id'))
    .filter((id) => id !== null && /^\d+$/.test(id));
  return [...new Set(ids.filter((id) => id !== null))];
}

function dataTypesOf(type: XmlElement | undefined): readonly string[] {
  const types = everyAt(findBelow(type, 'ProjectDataTypeSet'), 'DataType').map(textOf);
  return types.filter((name) => name !== null);
}
