import type { CommandDeclaration } from '../command-type.ts';

/** `celline show`. */
export const SHOW: CommandDeclaration = {
  name: 'show',
  group: 'Look',
  summary: 'show everything stored about a record',
  arguments: [{ name: '<ids...>', summary: 'any name of a sample, run or project' }],
  options: [],
  examples: [
    { line: 'celline show GSM5764259', says: 'a sample with its runs and files' },
    { line: 'celline show SRX13517549 --json', says: 'by another of its names, for a program' },
  ],
};

/** `celline list`. */
export const LIST: CommandDeclaration = {
  name: 'list',
  group: 'Look',
  summary: 'list stored samples, runs, projects or files',
  arguments: [
    {
      name: '[table]',
      summary: 'what to list (default: samples)',
      choices: ['samples', 'runs', 'projects', 'files', 'links', 'asked', 'annotations', 'jobs', 'job_files'],
    },
  ],
  options: [
    {
      flags: '--where <condition>',
      summary:
        'column=value; also != < <= > >= and ~ (contains, case-blind; % and _ as in LIKE); all must hold. ' +
        'Nothing after it asks for what is missing (column=) or present (column!=). Names of notes do as well',
      repeats: true,
    },
    { flags: '--grep <text>', summary: 'rows that hold this text in any column, case-blind' },
    {
      flags: '--columns <names>',
      summary: 'columns to print, joined with commas or given again (celline schema lists them)',
      repeats: true,
    },
    { flags: '--limit <n>', summary: 'at most this many rows' },
    { flags: '--ids-only', summary: 'print keys alone, one per line' },
  ],
  examples: [
    { line: "celline list --where tissue~brain --where 'date>=2021'", says: 'some samples' },
    { line: 'celline list runs --columns key,spots,file_size --limit 5', says: 'some columns of some runs' },
    { line: 'celline list --grep "T cell" --ids-only | celline urls -', says: 'the addresses of what was found' },
  ],
};

/** `celline diff`. */
export const DIFF: CommandDeclaration = {
  name: 'diff',
  group: 'Look',
  summary: 'show what changed between two states of the tables',
  description:
    'By default what an asking command changed last, however long ago. celline db log lists the states that are kept. ' +
    'Ids narrow it to these records, with their samples, runs and files. When something was fetched is no difference.',
  arguments: [{ name: '[ids...]', summary: 'any name of a sample, run or project; - reads them from stdin' }],
  options: [
    { flags: '--from <state>', summary: 'a number, a date (UTC), or last: before the last change (the default)' },
    { flags: '--to <state>', summary: 'a number, or a date with the whole of that day (default: now)' },
    {
      flags: '--table <table>',
      summary: 'only this table (default: all but asked, annotations and those of jobs)',
      choices: ['samples', 'runs', 'projects', 'files', 'links', 'asked', 'annotations', 'jobs', 'job_files'],
      repeats: true,
    },
    { flags: '--columns <names>', summary: 'only changes of these columns, joined with commas', repeats: true },
    { flags: '--summary', summary: 'count by table and column' },
  ],
  examples: [
    { line: 'celline diff', says: 'what the last refresh brought' },
    { line: 'celline diff GSE192391 --from 2026-11-01 --json', says: 'one series since a day, for a program' },
    { line: 'celline diff --from 41 --to 45 --summary', says: 'how much differs between two states' },
  ],
};

/** `celline query`. */
export const QUERY: CommandDeclaration = {
  name: 'query',
  group: 'Look',
  summary: 'answer SQL about the tables (DuckDB, read-only)',
  description:
    'The views are samples, runs, projects, files, links, asked, annotations, jobs and job_files; celline schema lists their columns. ' +
    'Without a statement it reads stdin, or on a terminal opens a prompt.',
  arguments: [
    { name: '[sql]', summary: 'one SELECT statement, or @name of a query in queries/; - or a pipe: stdin' },
    { name: '[values...]', summary: 'values of its parameters: in order for $1, $2, …; name=value for $name' },
  ],
  options: [
    { flags: '--param <value>', summary: 'one more value, like those after the statement', repeats: true },
    { flags: '--list', summary: 'print the named queries of the project with their parameters' },
    { flags: '--timing', summary: 'say how long it took, and the memory it needed' },
    { flags: '--timeout <seconds>', summary: 'stop the query after this time (default 30)' },
  ],
  examples: [
    { line: 'celline query "SELECT organism, count(*) AS n FROM samples GROUP BY 1"', says: 'count' },
    { line: "celline query 'SELECT * FROM runs WHERE parent = $1' GSM5764259", says: 'with a parameter' },
    { line: 'celline query @brain tissue=cortex', says: 'the query in queries/brain.sql' },
    { line: 'celline query --output runs.parquet < runs.sql', says: 'from a file, into Parquet' },
    { line: 'celline query', says: 'on a terminal: a prompt' },
  ],
  // Leaving while DuckDB works would wait for it: the query is interrupted instead.
  stopsGracefully: () => 'Stopping the query.',
};

/** `celline stats`. */
export const STATS: CommandDeclaration = {
  name: 'stats',
  group: 'Look',
  summary: 'count samples by organism, strategy, platform, source and year',
  arguments: [],
  options: [
    {
      flags: '--by <dimension>',
      summary: 'only this count',
      choices: ['organism', 'strategy', 'platform', 'source', 'year', 'outcome'],
    },
    { flags: '--queries', summary: 'instead: the slowest queries, of those above query.slow (default 5 s)' },
    {
      flags: '--http [trace]',
      summary: 'instead: what was asked of the archives by the last commands, or in a file that --trace wrote',
      completes: 'file',
    },
    { flags: '--since <date>', summary: 'with --http: only from this day or instant (UTC), or age (7d), on' },
  ],
  examples: [
    { line: 'celline stats', says: 'bar charts' },
    { line: 'celline stats --by year --format csv', says: 'one count, for a program' },
    { line: 'celline stats --queries', says: 'what took long' },
    { line: 'celline stats --http --since 7d', says: 'requests, cache hits, times, waits and errors by endpoint' },
  ],
  stopsGracefully: () => 'Stopping the count.',
};

/** `celline schema`. */
export const SCHEMA: CommandDeclaration = {
  name: 'schema',
  group: 'Look',
  summary: 'describe the tables and their columns',
  arguments: [
    {
      name: '[table]',
      summary: 'one table only',
      choices: ['samples', 'runs', 'projects', 'files', 'links', 'asked', 'annotations', 'jobs', 'job_files'],
    },
  ],
  options: [],
  examples: [
    { line: 'celline schema runs', says: 'the columns of the runs, with unit and origin' },
    { line: 'celline schema --format markdown', says: 'all of them, for a wiki' },
  ],
};

/** `celline resolve`. */
export const RESOLVE: CommandDeclaration = {
  name: 'resolve',
  group: 'Look',
  summary: 'say how ids are understood and who answers them',
  description: 'Asks no archive.',
  arguments: [{ name: '<ids...>', summary: 'accessions; - reads them from stdin' }],
  options: [{ flags: '--all', summary: 'name every handler that claims an id, not only the first' }],
  examples: [
    { line: 'celline resolve gsm5764259 SRR17380241', says: 'archive, level and handler' },
    { line: 'celline resolve E-MTAB-6678', says: 'why an id is not taken' },
  ],
};
