import { renderPool, renderRunSet, sampleIdentifiers } from './sra-runs.ts';
import { type Library, runsAt, type WorldIndex } from './world-index.ts';
import { crossReference, element, listElement, tagValue, textElement } from './xml.ts';

/** Renders one `<EXPERIMENT_PACKAGE>` of `efetch db=sra rettype=full`: one line, about 10 KB. */
export function renderPackage(library: Library, index: WorldIndex): string {
  return element(
    'EXPERIMENT_PACKAGE',
    {},
    renderExperiment(library),
    renderSubmission(library),
    element(
      'Organization',
      { type: 'center' },
      textElement('Name', 'NCBI', { abbr: 'GEO' }),
      element(
        'Contact',
        { email: 'geo-group@ncbi.nlm.nih.gov' },
        element('Name', {}, textElement('First', 'Geo'), textElement('Last', 'Curators')),
      ),
    ),
    renderStudy(library),
    renderSample(library),
    renderPool(library, runsAt(library, 'NCBI'), index),
    renderRunSet(library, index),
  );
}

function renderExperiment({ experiment, sample, study }: Library): string {
  const gsm = sample.geo?.accession;
  const external = gsm === undefined ? '' : textElement('EXTERNAL_ID', gsm, { namespace: 'GEO' });
  return element(
    'EXPERIMENT',
    { alias: experiment.alias, accession: experiment.accession },
    element('IDENTIFIERS', {}, textElement('PRIMARY_ID', experiment.accession)),
    textElement('TITLE', experiment.title),
    element(
      'STUDY_REF',
      { accession: study.accession, refname: study.alias },
      element('IDENTIFIERS', {}, textElement('PRIMARY_ID', study.accession)),
    ),
    element(
      'DESIGN',
      {},
      element('DESIGN_DESCRIPTION', {}),
      element(
        'SAMPLE_DESCRIPTOR',
        { accession: sample.secondary },
        element('IDENTIFIERS', {}, textElement('PRIMARY_ID', sample.secondary ?? ''), external),
      ),
      renderLibraryDescriptor(experiment),
    ),
    element('PLATFORM', {}, element(experiment.platform, {}, textElement('INSTRUMENT_MODEL', experiment.instrument))),
    ...(gsm === undefined
      ? []
      : [
          element(
            'EXPERIMENT_LINKS',
            {},
            crossReference('EXPERIMENT', 'gds', `3${gsm.slice(3).padStart(8, '0')}`, gsm),
          ),
          element('EXPERIMENT_ATTRIBUTES', {}, tagValue('EXPERIMENT', 'GEO Accession', gsm)),
        ]),
  );
}

/** Renders the library descriptor, which NCBI and ENA write alike. */
export function renderLibraryDescriptor(experiment: Library['experiment']): string {
  return element(
    'LIBRARY_DESCRIPTOR',
    {},
    experiment.libraryName === undefined ? '' : textElement('LIBRARY_NAME', experiment.libraryName),
    textElement('LIBRARY_STRATEGY', experiment.strategy),
    textElement('LIBRARY_SOURCE', experiment.source),
    textElement('LIBRARY_SELECTION', experiment.selection),
    element('LIBRARY_LAYOUT', {}, element(experiment.layout, { NOMINAL_LENGTH: experiment.nominalLength })),
    experiment.protocol === undefined ? '' : textElement('LIBRARY_CONSTRUCTION_PROTOCOL', experiment.protocol),
  );
}

function renderSubmission({ study }: Library): string {
  const geo = study.broker === 'GEO';
  const alias = geo ? `GEO: ${study.alias}` : study.alias;
  return element(
    'SUBMISSION',
    {
      alias,
      broker_name: study.broker,
      center_name: study.center,
      submission_comment: geo ? 'submission brokered by GEO' : undefined,
      lab_name: '',
      accession: study.submission,
    },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', study.submission),
      textElement('SUBMITTER_ID', alias, { namespace: study.center }),
    ),
  );
}

function renderStudy({ study }: Library): string {
  return element(
    'STUDY',
    { center_name: study.center, alias: study.alias, accession: study.accession },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', study.accession),
      textElement('EXTERNAL_ID', study.bioproject, { namespace: 'BioProject', label: 'primary' }),
      study.broker === 'GEO' ? textElement('EXTERNAL_ID', study.alias, { namespace: 'GEO' }) : '',
      study.dbgap === undefined ? '' : textElement('EXTERNAL_ID', study.dbgap, { namespace: 'dbGaP' }),
    ),
    element(
      'DESCRIPTOR',
      {},
      textElement('STUDY_TITLE', study.title),
      element('STUDY_TYPE', { existing_study_type: study.type }),
      textElement('STUDY_ABSTRACT', study.abstract),
      textElement('CENTER_PROJECT_NAME', study.alias),
    ),
    listElement(
      'STUDY_LINKS',
      study.pubmedIds.map((id) => crossReference('STUDY', 'pubmed', id)),
    ),
    study.umbrella === undefined
      ? ''
      : element('STUDY_ATTRIBUTES', {}, tagValue('STUDY', 'parent_bioproject', study.umbrella)),
  );
}

function renderSample({ sample, study }: Library): string {
  return element(
    'SAMPLE',
    { alias: sample.alias, accession: sample.secondary },
    sampleIdentifiers(sample),
    textElement('TITLE', sample.title),
    element(
      'SAMPLE_NAME',
      {},
      textElement('TAXON_ID', sample.taxonId),
      textElement('SCIENTIFIC_NAME', sample.organism),
    ),
    sample.description === undefined ? '' : textElement('DESCRIPTION', sample.description),
    element(
      'SAMPLE_LINKS',
      {},
      crossReference('SAMPLE', 'bioproject', study.bioproject.replace(/^PRJ[A-Z]+/, ''), study.bioproject),
    ),
    listElement(
      'SAMPLE_ATTRIBUTES',
      sample.attributes.map(({ tag, value, units }) => tagValue('SAMPLE', tag, value, units)),
    ),
  );
}
