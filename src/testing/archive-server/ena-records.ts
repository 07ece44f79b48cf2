import { renderLibraryDescriptor } from './sra-package.ts';
import type { WorldSample, WorldStudy } from './world.ts';
import { isMissing, type Library, runsAt, type WorldIndex } from './world-index.ts';
import { crossReference, element, indented, listElement, tagValue, textElement } from './xml.ts';

/** Record types of ENA's Browser, as its roots name them. */
export type RecordKind = 'PROJECT' | 'STUDY' | 'SAMPLE' | 'EXPERIMENT' | 'RUN' | 'SUBMISSION';

/** Renders one record as ENA's Browser prints it; undefined when ENA does not know it. */
export function renderEnaRecord(kind: RecordKind, accession: string, index: WorldIndex): string | undefined {
  const xml = renderPlain(kind, accession, index);
  return xml === undefined ? undefined : indented(xml);
}

function renderPlain(kind: RecordKind, accession: string, index: WorldIndex): string | undefined {
  const libraries = index.librariesOf.get(accession) ?? [];
  if (kind === 'SAMPLE') {
    const [sample] = index.insdcSamples.get(accession) ?? [];
    return sample === undefined || !isAtEna(sample, index) ? undefined : renderSample(sample, index);
  }
  if (kind === 'STUDY' || kind === 'PROJECT') {
    const study = kind === 'STUDY' ? index.studies.get(accession) : index.bioprojects.get(accession);
    if (study === undefined || isMissing(study, 'ENA')) return undefined;
    return kind === 'STUDY' ? renderStudy(study, index) : renderProject(study);
  }
  const library = libraries.find((one) => !isMissing(one.study, 'ENA'));
  if (library === undefined) return undefined;
  if (kind === 'EXPERIMENT') return library.experiment.accession === accession ? renderExperiment(library) : undefined;
  if (kind === 'SUBMISSION')
    return library.study.submission === accession ? renderSubmission(library.study) : undefined;
  return renderRun(library, accession);
}

function isAtEna(sample: WorldSample, index: WorldIndex): boolean {
  const libraries = sample.experiments.flatMap((experiment) => index.librariesOf.get(experiment.accession) ?? []);
  return libraries.length === 0 || libraries.some((library) => !isMissing(library.study, 'ENA'));
}

function renderSample(sample: WorldSample, index: WorldIndex): string {
  const libraries = sample.experiments.flatMap((experiment) => index.librariesOf.get(experiment.accession) ?? []);
  const runs = libraries.flatMap((library) => runsAt(library, 'ENA'));
  const [study] = libraries.map((library) => library.study);
  return element(
    'SAMPLE',
    { accession: sample.secondary, alias: sample.alias, broker_name: brokerOf(study), center_name: study?.center },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', sample.secondary ?? ''),
      sample.biosample === undefined ? '' : textElement('EXTERNAL_ID', sample.biosample, { namespace: 'BioSample' }),
      sample.geo === undefined ? '' : textElement('EXTERNAL_ID', sample.geo.accession, { namespace: 'GEO' }),
      textElement('SUBMITTER_ID', sample.alias, { namespace: study?.center ?? '' }),
    ),
    textElement('TITLE', sample.title),
    element(
      'SAMPLE_NAME',
      {},
      textElement('TAXON_ID', sample.taxonId),
      textElement('SCIENTIFIC_NAME', sample.organism),
    ),
    sample.description === undefined ? '' : textElement('DESCRIPTION', sample.description),
    levelLinks('SAMPLE', libraries),
    element(
      'SAMPLE_ATTRIBUTES',
      {},
      ...sample.attributes.map(({ tag, value, units }) => tagValue('SAMPLE', tag, value, units)),
      ...enaExtras('SAMPLE', runs),
    ),
  );
}

function renderStudy(study: WorldStudy, index: WorldIndex): string {
  const libraries = index.librariesOf.get(study.accession) ?? [];
  const runs = libraries.flatMap((library) => runsAt(library, 'ENA'));
  return element(
    'STUDY',
    { accession: study.accession, alias: study.alias, center_name: study.center, broker_name: brokerOf(study) },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', study.accession),
      textElement('SECONDARY_ID', study.bioproject),
      study.broker === 'GEO' ? textElement('EXTERNAL_ID', study.alias, { namespace: 'GEO' }) : '',
      textElement('SUBMITTER_ID', study.alias, { namespace: study.center }),
    ),
    element(
      'DESCRIPTOR',
      {},
      textElement('STUDY_TITLE', study.title),
      element('STUDY_TYPE', { existing_study_type: study.type }),
      textElement('STUDY_ABSTRACT', study.abstract),
      textElement('CENTER_PROJECT_NAME', study.alias),
    ),
    levelLinks('STUDY', libraries, study),
    element('STUDY_ATTRIBUTES', {}, ...enaExtras('STUDY', runs)),
  );
}

function renderProject(study: WorldStudy): string {
  return element(
    'PROJECT',
    { accession: study.bioproject, alias: study.alias, center_name: study.center, broker_name: brokerOf(study) },
    element(
      'IDENTIFIERS',
      {},
      textElement('PRIMARY_ID', study.bioproject),
      textElement('SECONDARY_ID', study.accession),
      textElement('SUBMITTER_ID', study.alias, { namespace: study.center }),
    ),
    textElement('NAME', study.title),
    textElement('TITLE', study.title),
    textElement('DESCRIPTION', study.abstract),
    element('SUBMISSION_PROJECT', {}, element('SEQUENCING_PROJECT', {})),
    listElement(
      'PROJECT_LINKS',
      study.pubmedIds.map((id) => crossReference('PROJECT', 'PUBMED', id)),
    ),
    element('PROJECT_ATTRIBUTES', {}, tagValue('PROJECT', 'ENA-FIRST-PUBLIC', study.released)),
  );
}

function renderExperiment(library: Library): string {
  const { experiment, sample, study } = library;
  const runs = runsAt(library, 'ENA');
  return element(
    'EXPERIMENT',
    {
      accession: experiment.accession,
      alias: experiment.alias,
      center_name: study.center,
      broker_name: brokerOf(study),
    },
    element('IDENTIFIERS', {}, textElement('PRIMARY_ID', experiment.accession)),
    textElement('TITLE', experiment.title),
    element('STUDY_REF', { accession: study.accession, refname: study.alias }),
    element(
      'DESIGN',
      {},
      element('DESIGN_DESCRIPTION', {}),
      element('SAMPLE_DESCRIPTOR', { accession: sample.secondary }),
      renderLibraryDescriptor(experiment),
    ),
    element('PLATFORM', {}, element(experiment.platform, {}, textElement('INSTRUMENT_MODEL', experiment.instrument))),
    listElement('EXPERIMENT_LINKS', [
      link('EXPERIMENT', 'SAMPLE', [sample.secondary ?? '']),
      link(
        'EXPERIMENT',
        'RUN',
        runs.map((run) => run.accession),
      ),
    ]),
    element('EXPERIMENT_ATTRIBUTES', {}, ...enaExtras('EXPERIMENT', runs)),
  );
}

function renderRun(library: Library, accession: string): string | undefined {
  const { experiment, sample, study } = library;
  const run = runsAt(library, 'ENA').find((one) => one.accession === accession);
  if (run === undefined) return undefined;
  return element(
    'RUN',
    { accession, alias: run.alias, center_name: study.center, broker_name: brokerOf(study) },
    element('IDENTIFIERS', {}, textElement('PRIMARY_ID', accession)),
    textElement('TITLE', experiment.title),
    element('EXPERIMENT_REF', { accession: experiment.accession, refname: experiment.alias }),
    listElement('RUN_LINKS', [
      link('RUN', 'STUDY', [study.accession]),
      link('RUN', 'SAMPLE', [sample.secondary ?? '']),
    ]),
    element('RUN_ATTRIBUTES', {}, ...enaExtras('RUN', [run])),
  );
}

function renderSubmission(study: WorldStudy): string {
  return element(
    'SUBMISSION',
    { accession: study.submission, alias: study.alias, center_name: study.center, broker_name: brokerOf(study) },
    element('IDENTIFIERS', {}, textElement('PRIMARY_ID', study.submission)),
    listElement('SUBMISSION_LINKS', [link('SUBMISSION', 'STUDY', [study.accession])]),
  );
}

/** Links from a sample, or from a study, to the records of the other levels. */
function levelLinks(kind: 'SAMPLE' | 'STUDY', libraries: readonly Library[], study?: WorldStudy): string {
  const studies = study === undefined ? libraries.map((library) => library.study) : [study];
  const samples = libraries.map((library) => library.sample.secondary ?? '');
  const experiments = libraries.map((library) => library.experiment.accession);
  const runs = libraries.flatMap((library) => runsAt(library, 'ENA')).map((run) => run.accession);
  const others =
    kind === 'SAMPLE'
      ? studies.map((one) => one.accession).map((id) => link(kind, 'STUDY', [id]))
      : [link(kind, 'SAMPLE', distinct(samples))];
  return listElement(`${kind}_LINKS`, [
    ...(study?.pubmedIds ?? []).map((id) => crossReference(kind, 'pubmed', id)),
    ...distinct(others),
    link(kind, 'EXPERIMENT', experiments),
    link(kind, 'RUN', runs),
    ...distinct(studies.map((one) => link(kind, 'SUBMISSION', [one.submission]))),
  ]);
}

/** ENA calls GEO's submissions `NCBI`. */
function brokerOf(study: WorldStudy | undefined): string | undefined {
  return study?.broker === 'GEO' ? 'NCBI' : study?.broker;
}

/** A link to records of another level: a list of accessions, or nothing. */
function link(kind: RecordKind, level: string, accessions: readonly string[]): string {
  const known = accessions.filter((accession) => accession !== '');
  return known.length === 0 ? '' : crossReference(kind, `ENA-${level}`, known.join(','));
}

/** The attributes that ENA adds by itself. */
function enaExtras(
  kind: RecordKind,
  runs: readonly { readonly spots: number; readonly bases: number; readonly published: string }[],
): string[] {
  const [first] = runs;
  if (first === undefined) return [];
  const total = (value: 'spots' | 'bases') => runs.reduce((sum, run) => sum + run[value], 0);
  return [
    tagValue(kind, 'ENA-SPOT-COUNT', String(total('spots'))),
    tagValue(kind, 'ENA-BASE-COUNT', String(total('bases'))),
    tagValue(kind, 'ENA-FIRST-PUBLIC', first.published),
    tagValue(kind, 'ENA-LAST-UPDATE', first.published),
  ];
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
