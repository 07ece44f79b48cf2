import type { WorldFile, WorldRun } from './world.ts';
import type { RunRecord } from './world-index.ts';

type Column = (record: RunRecord) => string | number | undefined;

/** A column that the world has no values for: ENA shows it, empty. */
const EMPTY: Column = () => '';

/** The columns of `result=read_run` that the server has, of the 195 of ENA; each is text in the answer. */
const COLUMNS: Readonly<Record<string, Column>> = {
  run_accession: ({ run }) => run.accession,
  experiment_accession: ({ experiment }) => experiment.accession,
  sample_accession: ({ sample }) => sample.biosample,
  secondary_sample_accession: ({ sample }) => sample.secondary,
  study_accession: ({ study }) => study.bioproject,
  secondary_study_accession: ({ study }) => study.accession,
  submission_accession: ({ study }) => study.submission,
  run_alias: ({ run }) => run.alias,
  experiment_alias: ({ experiment }) => experiment.alias,
  sample_alias: ({ sample }) => sample.alias,
  study_alias: ({ study }) => study.alias,
  experiment_title: ({ experiment }) => `${experiment.instrument} sequencing; ${experiment.title}`,
  study_title: ({ study }) => study.title,
  sample_title: ({ sample }) => sample.title,
  sample_description: ({ sample }) => sample.description ?? sample.title,
  library_name: ({ experiment }) => experiment.libraryName,
  library_layout: ({ experiment }) => experiment.layout,
  library_strategy: ({ experiment }) => experiment.strategy,
  library_source: ({ experiment }) => experiment.source,
  library_selection: ({ experiment }) => experiment.selection,
  library_construction_protocol: ({ experiment }) => experiment.protocol,
  instrument_platform: ({ experiment }) => experiment.platform,
  instrument_model: ({ experiment }) => experiment.instrument,
  nominal_length: ({ experiment }) => experiment.nominalLength,
  nominal_sdev: EMPTY,
  base_count: ({ run }) => run.bases,
  read_count: ({ run }) => run.spots,
  tax_id: ({ sample }) => sample.taxonId,
  scientific_name: ({ sample }) => sample.organism,
  center_name: ({ study }) => study.center,
  broker_name: ({ study }) => (study.broker === 'GEO' ? 'NCBI' : study.broker),
  first_public: ({ run }) => run.published,
  first_created: ({ run }) => run.published,
  last_updated: ({ run }) => run.published,
  ...familyColumns('fastq', (run) => run.fastq, fastqPath),
  ...familyColumns('submitted', (run) => run.submitted, submittedPath),
  submitted_format: ({ run }) => run.submitted.map((file) => (file.format ?? 'fastq').toUpperCase()).join(';'),
  sra_ftp: EMPTY,
  sra_md5: EMPTY,
  sra_bytes: EMPTY,
  sra_aspera: EMPTY,
  bam_ftp: EMPTY,
  bam_md5: EMPTY,
  bam_bytes: EMPTY,
  cell_type: attribute('cell type'),
  cell_line: attribute('cell line'),
  tissue_type: attribute('tissue'),
  dev_stage: attribute('dev_stage'),
  sex: attribute('sex'),
  age: attribute('age'),
  disease: attribute('disease'),
  strain: attribute('strain'),
  country: attribute('geo_loc_name'),
  collection_date: attribute('collection_date'),
  status: () => 'public',
  tag: () => 'ena',
};

/** Columns that come when `fields` is absent. */
const DEFAULT_FIELDS = ['run_accession', 'fastq_ftp', 'fastq_bytes', 'fastq_md5', 'submitted_ftp', 'sra_ftp'];

/** Columns asked for by `fields`, and those of them that ENA does not have. */
export function readFields(fields: string | null): {
  readonly names: readonly string[];
  readonly unknown: readonly string[];
} {
  if (fields === null || fields === '') return { names: DEFAULT_FIELDS, unknown: [] };
  if (fields === 'all') return { names: Object.keys(COLUMNS), unknown: [] };
  const names = [...new Set(fields.split(',').map((name) => name.trim()))];
  return {
    // ENA puts the accession first, asked for or not.
    names: ['run_accession', ...names.filter((name) => name !== 'run_accession')],
    unknown: names.filter((name) => COLUMNS[name] === undefined),
  };
}

/** Cells of a row, in the order of the names. A TAB or line end inside a value would break the row: ENA has blanks. */
export function rowCells(record: RunRecord, names: readonly string[]): string[] {
  return names.map((name) => String(COLUMNS[name]?.(record) ?? '').replace(/[\t\r\n]+/g, ' '));
}

/** The path, size and sum columns of one family of files: parallel lists joined with `;`. */
function familyColumns(
  family: string,
  filesOf: (run: WorldRun) => readonly WorldFile[],
  pathOf: (run: WorldRun, file: WorldFile) => string,
): Record<string, Column> {
  const list = (value: (run: WorldRun, file: WorldFile) => string | number): Column => {
    return ({ run }) =>
      filesOf(run)
        .map((file) => value(run, file))
        .join(';');
  };
  return {
    [`${family}_ftp`]: list((run, file) => `ftp.sra.ebi.ac.uk/${pathOf(run, file)}`),
    [`${family}_md5`]: list((_run, file) => file.md5),
    [`${family}_bytes`]: list((_run, file) => file.bytes),
    [`${family}_aspera`]: list((run, file) => `fasp.sra.ebi.ac.uk:/${pathOf(run, file)}`),
    [`${family}_galaxy`]: list((run, file) => `ftp.sra.ebi.ac.uk/${pathOf(run, file)}`),
  };
}

/** `vol1/fastq/SRR836/001/SRR8361601/…`: the middle folder is made of the digits after the sixth. */
function fastqPath({ accession }: WorldRun, file: WorldFile): string {
  const digits = accession.slice(9);
  const middle = digits === '' ? '' : `${digits.padStart(3, '0')}/`;
  return `vol1/fastq/${accession.slice(0, 6)}/${middle}${accession}/${file.name}`;
}

function submittedPath({ accession }: WorldRun, file: WorldFile): string {
  return `vol1/run/${accession.slice(0, 6)}/${accession}/${file.name}`;
}

function attribute(tag: string): Column {
  return ({ sample }) => sample.attributes.find((one) => one.tag === tag)?.value;
}
