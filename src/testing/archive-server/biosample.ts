import type { WorldSample } from './world.ts';
import { element, listElement, textElement } from './xml.ts';

/** Renders one `<BioSample>` of `efetch db=biosample`. */
export function renderBioSample(sample: WorldSample, bioproject: string | undefined): string {
  const accession = sample.biosample ?? '';
  const released = sample.geo?.dates.released ?? sample.experiments[0]?.runs[0]?.published ?? '2025-06-02';
  return element(
    'BioSample',
    {
      submission_date: `${released}T10:02:11.000`,
      last_update: `${released}T12:00:00.000`,
      publication_date: `${released}T00:00:00.000`,
      access: 'public',
      id: bioSampleUid(accession),
      accession,
    },
    renderIds(sample),
    renderDescription(sample),
    element('Owner', {}, textElement('Name', 'Invented Institute'), element('Contacts', {}, element('Contact', {}))),
    element('Models', {}, textElement('Model', 'Generic')),
    textElement('Package', 'Generic.1.0', { display_name: 'Generic' }),
    listElement(
      'Attributes',
      sample.attributes.map(({ tag, value }) =>
        textElement('Attribute', value, { attribute_name: tag, ...harmonized(tag) }),
      ),
    ),
    bioproject === undefined ? '' : element('Links', {}, renderLink(bioproject)),
    element('Status', { status: 'live', when: `${released}T10:02:11.000` }),
  );
}

function renderIds(sample: WorldSample): string {
  return element(
    'Ids',
    {},
    textElement('Id', sample.biosample ?? '', { db: 'BioSample', is_primary: 1 }),
    textElement('Id', sample.alias, { db_label: 'Sample name' }),
    sample.secondary === undefined ? '' : textElement('Id', sample.secondary, { db: 'SRA' }),
    sample.geo === undefined ? '' : textElement('Id', sample.geo.accession, { db: 'GEO' }),
  );
}

function renderDescription(sample: WorldSample): string {
  return element(
    'Description',
    {},
    textElement('Title', sample.title),
    element(
      'Organism',
      { taxonomy_id: sample.taxonId, taxonomy_name: sample.organism },
      textElement('OrganismName', sample.organism),
    ),
  );
}

function renderLink(bioproject: string): string {
  const attributes = { type: 'entrez', target: 'bioproject', label: bioproject };
  return textElement('Link', bioproject.replace(/^PRJ[A-Z]+/, ''), attributes);
}

/** UID of a BioSample: the number of its accession, as at NCBI for SAMN. */
export function bioSampleUid(accession: string): string {
  return accession.replace(/^SAM[A-Z]+0*/, '');
}

/** Names that NCBI maps to its own vocabulary. */
function harmonized(tag: string): Record<string, string> {
  const known = ['tissue', 'cell type', 'cell line', 'sex', 'age', 'strain', 'treatment'];
  return known.includes(tag) ? { harmonized_name: tag.replaceAll(' ', '_'), display_name: tag } : {};
}
