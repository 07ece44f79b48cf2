import type { CommandDeclaration, CommandInput, OptionDeclaration } from '../command-type.ts';

/** How ids reach a command besides its arguments. */
const FROM: readonly OptionDeclaration[] = [
  {
    flags: '--from <file>',
    summary: 'read ids from a file: txt (one per line, # comments), csv or tsv',
    completes: 'file',
  },
  {
    flags: '--column <name>',
    summary: 'column of a csv or tsv that holds the ids (default: id, else found by content)',
  },
];

/** The options of asking, shared by `add` and `refresh`. */
const ASKING: readonly OptionDeclaration[] = [
  { flags: '--full', summary: 'fetch also what costs extra requests: GEO texts, supplementary files' },
  { flags: '--handler <name>', summary: 'ask this handler, whoever else claims an id' },
  { flags: '--concurrency <n>', summary: 'batches in flight (default 5)' },
  { flags: '--dry-run', summary: 'print the plan and ask nothing' },
  { flags: '--large-range', summary: 'accept ranges of more than 10,000 ids' },
  { flags: '--atomic', summary: 'all ids or none: unless every answer is good, nothing is changed' },
];

function farewellOfAsking({ flags }: CommandInput): string {
  const end = flags.atomic === true ? 'rolled back (--atomic)' : 'being committed';
  return `Stopping: what is done is ${end}. Ctrl-C again leaves at once.`;
}

/** `celline add`. */
export const ADD: CommandDeclaration = {
  name: 'add',
  group: 'Get',
  summary: 'fetch the metadata of accessions into the tables',
  description:
    'Takes any mix of GEO, SRA, ENA, DDBJ, BioProject and BioSample accessions, and ranges (SRR1000001-SRR1000009). ' +
    'Prints one row per id as soon as it is committed. Ids answered within the last hour are not asked again.',
  arguments: [{ name: '[ids...]', summary: 'accessions or ranges; - reads them from stdin' }],
  options: [
    ...FROM,
    { flags: '--force', summary: 'ask the archives even for what is fresh' },
    { flags: '--ttl <seconds>', summary: 'for how long an answer is fresh' },
    ...ASKING,
  ],
  examples: [
    { line: 'celline add GSM5764259 SRR17380241', says: 'a sample and a run' },
    { line: 'celline add GSE192391 --dry-run', says: 'what a whole series would cost' },
    { line: 'celline add --from ids.csv --column sample', says: 'a list, from a column of a table' },
    { line: 'cut -f1 table.tsv | celline add - --format ndjson', says: 'in a pipe' },
  ],
  stopsGracefully: farewellOfAsking,
};

/** `celline refresh`. */
export const REFRESH: CommandDeclaration = {
  name: 'refresh',
  group: 'Get',
  summary: 'ask again: for what failed, for some ids, or for all',
  description: 'Without ids it asks again for every id that is not answered well (failed, partial, not found).',
  arguments: [{ name: '[ids...]', summary: 'accessions; - reads them from stdin' }],
  options: [
    ...FROM,
    { flags: '--failed', summary: 'ids that are not answered well (the default without ids)' },
    { flags: '--all', summary: 'every id that was ever asked in this project' },
    ...ASKING,
  ],
  examples: [
    { line: 'celline refresh', says: 'try again what failed' },
    { line: 'celline refresh GSE192391', says: 'what has changed in a series' },
    { line: 'celline refresh --all --dry-run', says: 'what bringing everything up to date would cost' },
  ],
  stopsGracefully: farewellOfAsking,
};

/** `celline search`. */
export const SEARCH: CommandDeclaration = {
  name: 'search',
  group: 'Get',
  summary: 'ask archives for ids by fields of their own; stores nothing',
  description:
    'Fields are named as the archive names them. Every handler that can search is asked, or the one that is named. ' +
    'An archive that gives no answer makes the exit code 3, or its own when it was the only one.',
  arguments: [{ name: '<fields...>', summary: 'field=value, each of which must hold' }],
  options: [
    { flags: '--handler <name>', summary: 'ask this handler alone' },
    { flags: '--limit <n>', summary: 'at most this many ids of each (default 100)' },
    { flags: '--ids-only', summary: 'print ids alone, one per line' },
  ],
  examples: [
    { line: 'celline search --handler custom tissue=brain', says: 'what there is' },
    { line: 'celline search tissue=brain --ids-only | celline add -', says: 'fetch all that is found' },
  ],
};

/** `celline urls`. */
export const URLS: CommandDeclaration = {
  name: 'urls',
  group: 'Get',
  summary: 'print the download addresses of stored records',
  description:
    'Prints one URL per line, of the best files of each record: the generated FASTQ, else the submitted files, else the SRA object. ' +
    'With --format (or --json) one row per file with name, role, md5 and size. With --check one row per address, after its host ' +
    'was asked: ok, missing, differs (another size, or a web page), unknown (s3://, or the host does not tell); exit 0 when all are ok.',
  arguments: [{ name: '[ids...]', summary: 'any name of a sample, run or project; - reads them from stdin' }],
  options: [
    ...FROM,
    {
      flags: '--tool <name>',
      summary: 'an input file or script with checksums',
      choices: ['aria2c', 'wget', 'curl'],
    },
    { flags: '--check', summary: 'ask each host whether the file is there and as large as stated' },
    { flags: '--all', summary: 'every file of every origin, with every mirror' },
    { flags: '--role <role>', summary: 'only files of this role, of whichever origin has it: R1, R2, I1, bam, …' },
    {
      flags: '--origin <origin>',
      summary: 'only files of this origin',
      choices: ['generated', 'submitted', 'normalized', 'supplementary'],
    },
  ],
  examples: [
    { line: 'celline urls GSM5764259 | xargs -n1 -P4 curl -O', says: 'download with what you have' },
    { line: 'celline urls GSE192391 --tool aria2c > in.txt && aria2c -i in.txt', says: 'with checksums' },
    { line: 'celline urls SRR17380241 --role R1', says: 'first reads only' },
    { line: 'celline urls GSE192391 --check', says: 'before a night of downloading' },
  ],
  stopsGracefully: ({ flags }) => (flags.check === true ? 'Stopping the check.' : undefined),
};
