import type { CommandDeclaration } from '../command-type.ts';

const TABLE_CHOICES = ['samples', 'runs', 'projects', 'files', 'links', 'asked', 'annotations'] as const;

/** Jobs are kept by celline alone: they leave, and never come in. */
const EXPORT_CHOICES = [...TABLE_CHOICES, 'jobs', 'job_files'] as const;

/** `celline export`. */
export const EXPORT: CommandDeclaration = {
  name: 'export',
  group: 'Keep',
  summary: 'write a table or the answer of a query to a file',
  description:
    'The format is that of --format, else of the name of the file: csv, tsv, json, ndjson, markdown (md), parquet, xlsx. A file appears only when it is whole.',
  arguments: [{ name: '[table]', summary: 'what to export (default: samples)', choices: EXPORT_CHOICES }],
  options: [
    { flags: '--query <sql>', summary: 'the answer of one SELECT statement, or of a named query (@name)' },
    { flags: '--param <value>', summary: 'value of $1, $2, … in this order, or name=value', repeats: true },
    { flags: '--all', summary: 'every table, each into a file of its own; --output names the folder' },
    { flags: '--where <condition>', summary: 'column=value, as in celline list; all must hold', repeats: true },
    { flags: '--grep <text>', summary: 'rows that hold this text in any column, case-blind' },
    { flags: '--columns <names>', summary: 'columns to write, joined with commas (celline schema lists them)' },
    { flags: '--limit <n>', summary: 'at most this many rows' },
    { flags: '--compression <name>', summary: 'of Parquet (default: snappy)', choices: ['snappy', 'zstd'] },
  ],
  examples: [
    { line: 'celline export samples --output samples.xlsx', says: 'for a spreadsheet' },
    {
      line: "celline export runs --where 'spots>=1000000' --columns key,parent,raw_link --format csv",
      says: 'to stdout',
    },
    { line: 'celline export --query @brain --param tissue=cortex --output brain.parquet', says: 'a named query' },
    { line: 'celline export --all --output tables/', says: 'every table as Parquet' },
  ],
  stopsGracefully: () => 'Stopping the export.',
};

/** `celline import`. */
export const IMPORT: CommandDeclaration = {
  name: 'import',
  group: 'Keep',
  summary: "take in lists kept by hand, exports, the Python Celline's tables",
  description:
    'A csv or tsv needs a header with key (or id); columns that no table has become attributes of the sample. What an archive said is kept.',
  arguments: [
    { name: '<paths...>', summary: 'parquet, csv, tsv, json and ndjson files, or folders of them; - is stdin' },
  ],
  options: [
    { flags: '--source <name>', summary: 'source of rows that name none (default: LOCAL)' },
    { flags: '--table <name>', summary: 'table of the files (default: by name and columns)', choices: TABLE_CHOICES },
    { flags: '--atomic', summary: 'all rows of all files, or none when one is refused' },
    { flags: '--dry-run', summary: 'say what would be done and change nothing' },
    { flags: '--force', summary: 'overwrite also what an archive said' },
    { flags: '--rejects <file>', summary: 'list everything that was not taken (ndjson)', completes: 'file' },
  ],
  examples: [
    { line: 'celline import samples.csv --source LAB', says: 'own samples, in DB/LAB_SAMPLES.parquet' },
    { line: 'zcat samples.csv.gz | celline import -', says: 'from a pipe' },
    { line: 'celline import ../old/DB', says: 'SRA_GSE, SRA_GSM and SRA_SRR of the Python Celline' },
    { line: 'celline import tables/ --atomic', says: 'an export of another project, all of it or nothing' },
  ],
  stopsGracefully: () => 'Stopping after the rows under way.',
};
