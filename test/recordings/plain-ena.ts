import { attribute, elements, startTags, text } from '../handlers/plain-reading.ts';
import { recordingsOf } from '../handlers/recordings.ts';
import { plainSample, plainStudy } from './plain-package.ts';

/** What is recorded of one run at ENA, by portal column. */
export interface EnaRow {
  readonly columns: Map<string, string>;
  /** Which recordings it comes from: `filereport`, `portal search`, `ENA XML`, `RunInfo`. */
  readonly from: Set<string>;
}

/** All runs that ENA's recordings hold: rows of the portal, and the chain of XML records (run, experiment, sample, study). */
export function enaRows(): Map<string, EnaRow> {
  const rows = new Map<string, EnaRow>();
  for (const { text: body } of recordingsOf('ena/filereport-read_run')) {
    for (const cells of tableRows(body, '\t')) add(rows, cells, 'filereport');
  }
  for (const { text: body } of recordingsOf('ena/portal-search-read_run')) {
    for (const cells of JSON.parse(body) as Record<string, string>[]) add(rows, cells, 'portal search');
  }
  const xml = enaRecords();
  for (const run of xml.values()) {
    if (/^<RUN\s/.test(run)) add(rows, rowOfXml(run, xml), 'ENA XML');
  }
  // Asked for it, ENA names the BioSample in every row; a row recorded without it is filled from ENA's sample record.
  for (const { columns } of rows.values()) {
    const sample = plainSample(xml.get(columns.get('secondary_sample_accession') ?? '') ?? '');
    if (!columns.has('sample_accession') && sample.biosample !== null)
      columns.set('sample_accession', sample.biosample);
  }
  return rows;
}

/** Every record of ENA's XML recordings by accession. */
export function enaRecords(): Map<string, string> {
  const records = new Map<string, string>();
  for (const { text: body } of recordingsOf('ena/browser-xml')) {
    for (const name of ['RUN', 'EXPERIMENT', 'SAMPLE', 'STUDY', 'SUBMISSION', 'PROJECT', 'ANALYSIS']) {
      for (const element of elements(body, name)) records.set(attribute(element, 'accession') ?? '', element);
    }
  }
  return records;
}

/** Runs of NCBI's run tables, as the portal would name the same facts. */
export function runInfoRows(): Map<string, EnaRow> {
  const rows = new Map<string, EnaRow>();
  for (const { text: body } of recordingsOf('ncbi/efetch-runinfo-csv')) {
    const headed = body.startsWith('Run,') ? body : `${RUN_INFO_COLUMNS}\n${body}`;
    for (const cells of csvRows(headed))
      if (/^[SED]RR\d+$/.test(cells.Run ?? '')) add(rows, rowOfRunInfo(cells), 'RunInfo');
  }
  return rows;
}

/** Header of a run table that came without one (measured 2026-04). */
const RUN_INFO_COLUMNS =
  'Run,ReleaseDate,LoadDate,spots,bases,spots_with_mates,avgLength,size_MB,AssemblyName,download_path,Experiment,LibraryName,LibraryStrategy,LibrarySelection,LibrarySource,LibraryLayout,InsertSize,InsertDev,Platform,Model,SRAStudy,BioProject,Study_Pubmed_id,ProjectID,Sample,BioSample,SampleType,TaxID,ScientificName,SampleName,g1k_pop_code,source,g1k_analysis_group,Subject_ID,Sex,Disease,Tumor,Affection_Status,Analyte_Type,Histological_Type,Body_Site,CenterName,Submission,dbgap_study_accession,Consent,RunHash,ReadHash';

function add(rows: Map<string, EnaRow>, cells: Readonly<Record<string, string | null>>, from: string): void {
  const run = cells.run_accession ?? '';
  const row = rows.get(run) ?? { columns: new Map<string, string>(), from: new Set<string>() };
  rows.set(run, row);
  row.from.add(from);
  // The first recording that says something wins; the later ones fill what it left out.
  for (const [name, value] of Object.entries(cells)) if (value && !row.columns.has(name)) row.columns.set(name, value);
}

function rowOfXml(run: string, records: ReadonlyMap<string, string>): Record<string, string | null> {
  const linked = (source: string, db: string): string | null =>
    text(elements(source, 'XREF_LINK').find((link) => text(link, 'DB') === db) ?? '', 'ID');
  const own = (name: string): string | null =>
    text(elements(run, 'RUN_ATTRIBUTE').find((one) => text(one, 'TAG') === name) ?? '', 'VALUE');
  const experimentId = attribute(startTags(run, 'EXPERIMENT_REF')[0] ?? '', 'accession');
  const experiment = records.get(experimentId ?? '') ?? '';
  const sampleId =
    attribute(startTags(experiment, 'SAMPLE_DESCRIPTOR')[0] ?? '', 'accession') ?? linked(run, 'ENA-SAMPLE');
  const sampleXml = records.get(sampleId ?? '');
  const sample = plainSample(sampleXml ?? '');
  const studyId = linked(run, 'ENA-STUDY') ?? attribute(startTags(experiment, 'STUDY_REF')[0] ?? '', 'accession');
  const studyXml = records.get(studyId ?? '');
  const study = plainStudy(studyXml);
  const alias = studyXml === undefined ? null : attribute(studyXml, 'alias');
  return {
    run_accession: attribute(run, 'accession'),
    run_alias: attribute(run, 'alias'),
    experiment_accession: experimentId,
    experiment_alias: attribute(experiment, 'alias'),
    experiment_title: text(experiment, 'TITLE'),
    library_strategy: text(experiment, 'LIBRARY_STRATEGY'),
    library_source: text(experiment, 'LIBRARY_SOURCE'),
    library_selection: text(experiment, 'LIBRARY_SELECTION'),
    library_layout: /<LIBRARY_LAYOUT>\s*<(PAIRED|SINGLE)/.exec(experiment)?.[1] ?? null,
    instrument_platform: /<PLATFORM>\s*<(\w+)/.exec(experiment)?.[1] ?? null,
    instrument_model: text(experiment, 'INSTRUMENT_MODEL'),
    secondary_sample_accession: sampleId,
    sample_accession: sample.biosample,
    sample_alias: sampleXml === undefined ? null : attribute(sampleXml, 'alias'),
    sample_title: sample.title,
    tax_id: sample.taxonId === null ? null : String(sample.taxonId),
    scientific_name: sample.organism,
    secondary_study_accession: studyId,
    study_accession: study?.bioproject ?? (/^PRJ/.test(alias ?? '') ? alias : null),
    study_alias: alias,
    study_title: study?.title ?? null,
    submission_accession: linked(run, 'ENA-SUBMISSION'),
    read_count: own('ENA-SPOT-COUNT'),
    base_count: own('ENA-BASE-COUNT'),
    first_public: own('ENA-FIRST-PUBLIC'),
    last_updated: own('ENA-LAST-UPDATE'),
  };
}

function rowOfRunInfo(cells: Readonly<Record<string, string>>): Record<string, string> {
  const cell = (name: string): string => cells[name] ?? '';
  const gsm = /^GSM\d+$/.exec(cell('SampleName'))?.[0] ?? '';
  return {
    run_accession: cell('Run'),
    experiment_accession: cell('Experiment'),
    experiment_alias: gsm,
    sample_alias: gsm || cell('SampleName'),
    sample_accession: cell('BioSample'),
    secondary_sample_accession: cell('Sample'),
    secondary_study_accession: cell('SRAStudy'),
    // Old run tables name the GEO series where newer ones name the BioProject.
    study_accession: /^PRJ/.test(cell('BioProject')) ? cell('BioProject') : '',
    study_alias: /^GSE\d+$/.exec(cell('BioProject'))?.[0] ?? '',
    submission_accession: cell('Submission'),
    library_strategy: cell('LibraryStrategy'),
    library_source: cell('LibrarySource'),
    library_selection: cell('LibrarySelection'),
    library_layout: cell('LibraryLayout'),
    library_name: cell('LibraryName'),
    instrument_platform: cell('Platform'),
    instrument_model: cell('Model'),
    read_count: cell('spots'),
    base_count: cell('bases'),
    tax_id: cell('TaxID'),
    scientific_name: cell('ScientificName'),
    center_name: cell('CenterName'),
    first_public: cell('ReleaseDate').slice(0, 10),
  };
}

/** Rows of a table with a header whose cells are never quoted. */
function tableRows(body: string, separator: string): Record<string, string>[] {
  const [header = '', ...lines] = body.replaceAll('\r', '').split('\n');
  const names = header.split(separator);
  return lines.filter(Boolean).map((line) => {
    const cells = line.split(separator);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

function csvRows(body: string): Record<string, string>[] {
  const lines = body.replaceAll('\r', '').split('\n').filter(Boolean);
  const [names = [], ...rows] = lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      (cell) => cell[1]?.replaceAll('""', '"') ?? cell[2] ?? '',
    ),
  );
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
}
