import type { WorldStudy } from './world.ts';
import type { WorldIndex } from './world-index.ts';
import { element, textElement } from './xml.ts';

/** What db=bioproject knows of a project: an own study, or the BioProject of a series without one. */
export interface ProjectRecord {
  readonly accession: string;
  readonly title: string;
  readonly description: string;
  readonly organism: string;
  readonly taxonId: number | undefined;
  readonly center: string;
  readonly geo: string | undefined;
  readonly released: string;
}

/** UID of a project: the number of its accession for PRJNA; the others are numbered apart from those. */
export function bioprojectUid(accession: string): string {
  const number = accession.replace(/^PRJ[A-Z]+/, '');
  return accession.startsWith('PRJNA') ? number : `8${number.padStart(8, '0')}`;
}

/** The project of an accession, or undefined when NCBI does not know it. */
export function findProject(accession: string, index: WorldIndex): ProjectRecord | undefined {
  const study = index.bioprojects.get(accession);
  if (study !== undefined) return study.missingAt?.includes('NCBI') === true ? undefined : ofStudy(study, index);
  const series = index.world.series.find((one) => one.bioproject === accession && one.withheld === undefined);
  if (series === undefined) return undefined;
  const sample = index.geoSamplesOf.get(series.accession)?.[0];
  return {
    accession,
    title: series.title,
    description: series.summary.join(' '),
    organism: sample?.organism ?? '',
    taxonId: sample?.taxonId,
    center: 'GEO',
    geo: series.accession,
    released: series.dates.released,
  };
}

function ofStudy(study: WorldStudy, index: WorldIndex): ProjectRecord {
  const sample = index.librariesOf.get(study.accession)?.[0]?.sample;
  return {
    accession: study.bioproject,
    title: study.title,
    description: study.abstract,
    organism: sample?.organism ?? '',
    taxonId: sample?.taxonId,
    center: study.center,
    geo: study.broker === 'GEO' ? study.alias : undefined,
    released: study.released,
  };
}

/** One result of `esummary db=bioproject retmode=json`. */
export function projectSummary(project: ProjectRecord): Record<string, unknown> {
  return {
    uid: bioprojectUid(project.accession),
    taxid: project.taxonId ?? 0,
    project_id: Number(bioprojectUid(project.accession)),
    project_acc: project.accession,
    project_type: 'Primary submission',
    project_data_type: 'Transcriptome or Gene expression',
    sort_by_projecttype: '',
    sort_by_datatype: '',
    sort_by_organism: '',
    project_subtype: '',
    project_target_scope: 'Multiisolate',
    project_target_material: 'Transcriptome',
    project_target_capture: 'Whole',
    project_methodtype: 'Sequencing',
    project_objectives_list: [],
    registration_date: `${project.released.replaceAll('-', '/')} 00:00`,
    project_name: '',
    project_title: project.title,
    project_description: project.description,
    keyword: '',
    relevance_agricultural: '',
    organism_name: project.organism,
    organism_strain: '',
    organism_label: '',
    sequencing_status: '',
    submitter_organization: project.center,
    submitter_organization_list: [project.center],
    supergroup: 'Eukaryotes',
  };
}

/** Renders one `<DocumentSummary>` of `efetch db=bioproject`. */
export function renderProject(project: ProjectRecord): string {
  const uid = bioprojectUid(project.accession);
  const archives: Readonly<Record<string, string>> = { PRJNA: 'NCBI', PRJEB: 'EBI', PRJDB: 'DDBJ' };
  const archive = archives[project.accession.slice(0, 5)];
  return element(
    'DocumentSummary',
    { uid },
    element(
      'Project',
      {},
      element('ProjectID', {}, element('ArchiveID', { accession: project.accession, archive, id: uid })),
      renderDescription(project),
      element(
        'ProjectType',
        {},
        element(
          'ProjectTypeSubmission',
          {},
          element(
            'Target',
            { sample_scope: 'eMultiisolate', material: 'eTranscriptome', capture: 'eWhole' },
            element('Organism', { taxID: project.taxonId }, textElement('OrganismName', project.organism)),
          ),
        ),
      ),
    ),
  );
}

function renderDescription(project: ProjectRecord): string {
  const { geo } = project;
  return element(
    'ProjectDescr',
    {},
    textElement('Name', project.title),
    textElement('Title', project.title),
    textElement('Description', project.description),
    geo === undefined ? '' : element('ExternalLink', {}, element('dbXREF', { db: 'GEO' }, textElement('ID', geo))),
    textElement('ProjectReleaseDate', `${project.released}T00:00:00Z`),
  );
}
