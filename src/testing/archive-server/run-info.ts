import type { WorldRun } from './world.ts';
import { type Library, runsAt } from './world-index.ts';

/** The 47 columns of `efetch db=sra rettype=runinfo`, in NCBI's order (a copy of 2026-04). */
export const RUN_INFO_COLUMNS =
  'Run,ReleaseDate,LoadDate,spots,bases,spots_with_mates,avgLength,size_MB,AssemblyName,download_path,Experiment,LibraryName,LibraryStrategy,LibrarySelection,LibrarySource,LibraryLayout,InsertSize,InsertDev,Platform,Model,SRAStudy,BioProject,Study_Pubmed_id,ProjectID,Sample,BioSample,SampleType,TaxID,ScientificName,SampleName,g1k_pop_code,source,g1k_analysis_group,Subject_ID,Sex,Disease,Tumor,Affection_Status,Analyte_Type,Histological_Type,Body_Site,CenterName,Submission,dbgap_study_accession,Consent,RunHash,ReadHash';

/** Renders the rows of one experiment, each with its line end. */
export function renderRunInfo(library: Library): string {
  return runsAt(library, 'NCBI')
    .map((run) => `${rowCells(run, library).map(quoted).join(',')}\n`)
    .join('');
}

function rowCells(run: WorldRun, { experiment, sample, study }: Library): readonly (string | number)[] {
  const bytes = run.normalized?.bytes ?? 0;
  const size = Math.round(bytes / 1_048_576);
  const paired = experiment.layout === 'PAIRED';
  const { accession } = run;
  const path =
    bytes === 0 || run.controlled === true
      ? ''
      : `https://sra-downloadb.be-md.ncbi.nlm.nih.gov/sos5/sra-pub-zq-16/${accession}/${accession}.sralite.1`;
  return [
    [accession, `${run.published} 00:48:25`, `${run.published} 17:28:37`, run.spots, run.bases],
    [paired ? run.spots : 0, run.spots === 0 ? 0 : Math.round(run.bases / run.spots), size, '', path],
    [experiment.accession, experiment.libraryName ?? '', experiment.strategy, experiment.selection, experiment.source],
    [experiment.layout, experiment.nominalLength ?? 0, 0, experiment.platform, experiment.instrument],
    [study.accession, study.bioproject, study.pubmedIds[0] ?? '', study.bioproject.replace(/^PRJ[A-Z]+/, '')],
    [sample.secondary ?? '', sample.biosample ?? '', 'simple', sample.taxonId, sample.organism, sample.alias],
    ['', '', '', '', '', '', 'no', '', '', '', '', study.center, study.submission, study.dbgap ?? ''],
    [run.controlled === true ? 'GRU' : 'public', '', ''],
  ].flat();
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
