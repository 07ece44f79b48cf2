import {
  accessionOf,
  attributesOf,
  externalIds,
  firstOf,
  gseIn,
  gsmIn,
  isEnaExtra,
  linksOf,
  pubmedIdsOf,
} from '../xml/insdc-elements.ts';
import { parseWhole } from '../xml/parse-number.ts';
import { readRecords } from '../xml/read-records.ts';
import { attributeOf, childOf, descend, everyAt, textOf, type XmlElement } from '../xml/xml-element.ts';
import { badXml, type XmlFormat } from '../xml/xml-format.ts';
import { parseMembers, parseSraRun } from './parse-sra-run.ts';
import type { SraPackage, SraSample, SraStudy } from './sra-package.ts';

const FORMAT: XmlFormat = {
  what: "NCBI's experiment packages",
  roots: ['EXPERIMENT_PACKAGE_SET', 'EXPERIMENT_PACKAGE'],
  records: ['EXPERIMENT_PACKAGE'],
  // 13 % of the recorded text: base counts, table sizes, cloud regions, submitters' addresses.
  skip: ['Bases', 'Databases', 'CloudFiles', 'Organization', 'AlignInfo', 'RUN_ATTRIBUTES', 'SPOT_DESCRIPTOR'],
};

/**
 * Streams the packages of `efetch db=sra rettype=full retmode=xml`, one at a time.
 * A package found through a run lists all runs of its experiment; the order is NCBI's (newest first).
 * Throws a `BadResponseError` when the document is cut, holds an `<ERROR>`, or is none.
 * @param onElement told the ones of `SRA_ELEMENTS` that a package has.
 */
export async function* parseSraPackages(
  chunks: AsyncIterable<string>,
  onElement?: (path: string) => void,
): AsyncGenerator<SraPackage> {
  for await (const element of readRecords(chunks, FORMAT)) {
    if (onElement) for (const path of SRA_ELEMENTS) if (descend(element, ...path.split('/'))) onElement(path);
    yield toPackage(element);
  }
}

/** Elements of which every answer of some packages has at least one. */
export const SRA_ELEMENTS = [
  'EXPERIMENT/DESIGN/LIBRARY_DESCRIPTOR',
  'EXPERIMENT/PLATFORM',
  'STUDY',
  'SAMPLE',
  'RUN_SET/RUN',
] as const;

function toPackage(element: XmlElement): SraPackage {
  const experiment = childOf(element, 'EXPERIMENT');
  const accession = accessionOf(experiment);
  if (accession === null) throw badXml(FORMAT, 'incomplete', 'a package without the accession of its experiment');
  const library = descend(experiment, 'DESIGN', 'LIBRARY_DESCRIPTOR');
  const platform = childOf(experiment, 'PLATFORM')?.children[0];
  return {
    experiment: accession,
    experimentAlias: attributeOf(experiment, 'alias'),
    gsm: gsmOfExperiment(experiment),
    title: textOf(childOf(experiment, 'TITLE')),
    strategy: textOf(childOf(library, 'LIBRARY_STRATEGY')),
    librarySource: textOf(childOf(library, 'LIBRARY_SOURCE')),
    selection: textOf(childOf(library, 'LIBRARY_SELECTION')),
    layout: layoutOf(childOf(library, 'LIBRARY_LAYOUT')),
    libraryName: textOf(childOf(library, 'LIBRARY_NAME')),
    constructionProtocol: textOf(childOf(library, 'LIBRARY_CONSTRUCTION_PROTOCOL')),
    platform: platform?.name ?? null,
    instrument: textOf(childOf(platform, 'INSTRUMENT_MODEL')),
    submission: accessionOf(childOf(element, 'SUBMISSION')),
    study: studyOf(element, experiment),
    samples: samplesOf(element, accessionOf(descend(experiment, 'DESIGN', 'SAMPLE_DESCRIPTOR'))),
    members: parseMembers(element),
    runs: everyAt(element, 'RUN_SET', 'RUN').map((run) => {
      const parsed = parseSraRun(run);
      if (parsed === null) throw badXml(FORMAT, 'incomplete', `a run of ${accession} without an accession`);
      return parsed;
    }),
  };
}

function gsmOfExperiment(experiment: XmlElement | undefined): string | null {
  const links = linksOf(experiment, 'EXPERIMENT').filter((link) => link.db.toLowerCase() === 'gds');
  const attributes = attributesOf(experiment, 'EXPERIMENT').filter((attribute) => attribute.tag === 'GEO Accession');
  return firstOf(
    [
      attributeOf(experiment, 'alias'),
      ...externalIds(experiment, 'GEO'),
      ...links.map((link) => link.label),
      ...attributes.map((attribute) => attribute.value),
    ],
    gsmIn,
  );
}

function layoutOf(layout: XmlElement | undefined): 'PAIRED' | 'SINGLE' | null {
  const name = layout?.children[0]?.name;
  return name === 'PAIRED' || name === 'SINGLE' ? name : null;
}

/** The STUDY; where a package has none, what STUDY_REF says of it. */
function studyOf(element: XmlElement, experiment: XmlElement | undefined): SraStudy | null {
  const study = childOf(element, 'STUDY');
  const named = study ?? childOf(experiment, 'STUDY_REF');
  const accession = accessionOf(named);
  if (accession === null) return null;
  const descriptor = childOf(study, 'DESCRIPTOR');
  const links = linksOf(study, 'STUDY');
  const alias = attributeOf(named, 'alias') ?? attributeOf(named, 'refname');
  return {
    accession,
    alias,
    bioproject: externalIds(named, 'BioProject')[0] ?? null,
    gse: firstOf([alias, ...externalIds(named, 'GEO')], gseIn),
    title: textOf(childOf(descriptor, 'STUDY_TITLE')),
    abstract: textOf(childOf(descriptor, 'STUDY_ABSTRACT')) ?? textOf(childOf(descriptor, 'STUDY_DESCRIPTION')),
    type: attributeOf(childOf(descriptor, 'STUDY_TYPE'), 'existing_study_type'),
    pubmedIds: pubmedIdsOf(links),
    dbgap: firstOf([alias, ...externalIds(named, 'dbGaP'), ...links.flatMap((link) => [link.id, link.label])], phsIn),
  };
}

function phsIn(name: string | null): string | null {
  return name === null ? null : (/^phs\d{6}(\.v\d+(\.p\d+)?)?$/.exec(name)?.[0] ?? null);
}

function samplesOf(element: XmlElement, described: string | null): readonly SraSample[] {
  const samples = everyAt(element, 'SAMPLE').flatMap((sample) => {
    const parsed = toSample(sample);
    return parsed === null ? [] : [parsed];
  });
  const isFirst = (sample: SraSample): boolean => sample.accession === described;
  return [...samples.filter(isFirst), ...samples.filter((sample) => !isFirst(sample))];
}

function toSample(sample: XmlElement): SraSample | null {
  const accession = accessionOf(sample);
  if (accession === null) return null;
  const name = childOf(sample, 'SAMPLE_NAME');
  const alias = attributeOf(sample, 'alias');
  return {
    accession,
    alias,
    biosample: externalIds(sample, 'BioSample')[0] ?? null,
    gsm: firstOf([alias, ...externalIds(sample, 'GEO')], gsmIn),
    title: textOf(childOf(sample, 'TITLE')),
    taxonId: parseWhole(textOf(childOf(name, 'TAXON_ID'))),
    scientificName: textOf(childOf(name, 'SCIENTIFIC_NAME')),
    description: textOf(childOf(sample, 'DESCRIPTION')),
    attributes: attributesOf(sample, 'SAMPLE').filter((attribute) => !isEnaExtra(attribute)),
    links: linksOf(sample, 'SAMPLE'),
  };
}
