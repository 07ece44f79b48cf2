/** One row of ENA's read_run result, by column name; the empty cell and a column that was not sent are ''. */
export type EnaRun = Readonly<Record<EnaRunColumn, string>>;

/** The columns that celline asks of `result=read_run` (archives' reference: returnFields). */
export const ENA_RUN_COLUMNS = [
  'run_accession',
  'experiment_accession',
  'sample_accession',
  'secondary_sample_accession',
  'study_accession',
  'secondary_study_accession',
  'submission_accession',
  'run_alias',
  'experiment_alias',
  'sample_alias',
  'study_alias',
  'experiment_title',
  'study_title',
  'sample_title',
  'sample_description',
  'library_name',
  'library_layout',
  'library_strategy',
  'library_source',
  'library_selection',
  'instrument_platform',
  'instrument_model',
  'base_count',
  'read_count',
  'tax_id',
  'scientific_name',
  'center_name',
  'broker_name',
  'first_public',
  'last_updated',
  'fastq_ftp',
  'fastq_md5',
  'fastq_bytes',
  'submitted_ftp',
  'submitted_md5',
  'submitted_bytes',
  'submitted_format',
  'sra_ftp',
  'sra_md5',
  'sra_bytes',
  'bam_ftp',
  'bam_md5',
  'bam_bytes',
  'status',
] as const;

/** A column of `result=read_run` that celline asks for. */
export type EnaRunColumn = (typeof ENA_RUN_COLUMNS)[number];

/** Columns without which a row cannot be put to its run, experiment and sample: a table without one is none. */
export const ENA_KEY_COLUMNS: readonly EnaRunColumn[] = ['run_accession', 'experiment_accession', 'sample_accession'];
