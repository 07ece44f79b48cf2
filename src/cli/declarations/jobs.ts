import type { CommandDeclaration } from '../command-type.ts';

const NUMBER = { name: '<number>', summary: 'of celline jobs: 7, or 7.2 for its second id' };

const FILTERS = [
  { flags: '--failed', summary: 'only those that did not end well' },
  {
    flags: '--since <when>',
    summary: 'only those that began since a date (UTC) or within an age: 2026-11-01, 12h, 2d',
  },
];

const LIST: CommandDeclaration = {
  name: 'list',
  group: 'Keep',
  isDefault: true,
  summary: 'list what was done: when, by which command, how it ended',
  description:
    'The newest first. A job whose process was killed is interrupted, never running. What asks no archive and changes no ' +
    'record (list, query, export, an add of fresh ids) is no job.',
  arguments: [],
  options: [
    ...FILTERS,
    { flags: '--tree', summary: 'with all below each' },
    { flags: '--limit <n>', summary: 'at most this many jobs (default 50)' },
  ],
  examples: [
    { line: 'celline jobs list', says: 'the last ones; celline jobs is the same' },
    { line: 'celline jobs list --failed --since 1d', says: 'what failed last night' },
  ],
};

const SHOW: CommandDeclaration = {
  name: 'show',
  group: 'Keep',
  summary: 'show a job: how it went, what it read and wrote, which ids failed',
  arguments: [NUMBER],
  options: [
    { flags: '--tree', summary: 'every id with its answer' },
    { flags: '--log', summary: 'its lines of the log file (log.file)' },
  ],
  examples: [
    { line: 'celline jobs show 7', says: 'one command' },
    { line: 'celline jobs show 7.2', says: 'one id of it' },
    { line: 'celline jobs show 7 --tree', says: 'all ids of it' },
  ],
};

const RERUN: CommandDeclaration = {
  name: 'rerun',
  group: 'Keep',
  summary: 'ask for the ids of a job again, with its options',
  description:
    'A job of its own. What is fresh is not asked again, as with add; with --failed it is, past the cache, as with refresh. Only jobs that asked for ids can be run again.',
  arguments: [NUMBER],
  options: [{ flags: '--failed', summary: 'only the ids that were not answered well' }],
  examples: [
    { line: 'celline jobs rerun 7 --failed', says: 'just what failed' },
    { line: 'celline jobs rerun 7', says: 'all of it' },
  ],
  stopsGracefully: () => 'Stopping: what was asked is being committed. Ctrl-C again leaves at once.',
};

const CANCEL: CommandDeclaration = {
  name: 'cancel',
  group: 'Keep',
  summary: 'ask a running job to stop, as Ctrl-C does',
  description: 'What it has is committed. It must run on this machine.',
  arguments: [NUMBER],
  options: [],
  examples: [{ line: 'celline jobs cancel 7', says: 'a job of another terminal' }],
};

const REMOVE: CommandDeclaration = {
  name: 'rm',
  group: 'Keep',
  summary: 'remove what is remembered of jobs that have ended; what they wrote stays',
  arguments: [{ name: '<numbers...>', summary: 'of celline jobs' }],
  options: [],
  examples: [{ line: 'celline jobs rm 7 8', says: 'two of them, with all their ids' }],
};

const EXPORT: CommandDeclaration = {
  name: 'export',
  group: 'Keep',
  summary: 'write every job and every id as rows',
  arguments: [],
  options: FILTERS,
  examples: [{ line: 'celline jobs export --since 30d -o jobs.csv', says: 'for a report' }],
};

/** `celline jobs`; alone it lists them. */
export const JOBS: CommandDeclaration = {
  name: 'jobs',
  group: 'Keep',
  summary: 'what was done, what failed, and run just that again',
  arguments: [],
  options: [],
  subcommands: [LIST, SHOW, RERUN, CANCEL, REMOVE, EXPORT],
  examples: [
    { line: 'celline jobs', says: 'what ran' },
    { line: 'celline jobs --failed --since 1d', says: 'what failed last night' },
    { line: 'celline jobs rerun 7 --failed', says: 'just that again' },
  ],
};
