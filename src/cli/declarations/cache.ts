import type { CommandDeclaration } from '../command-type.ts';
import { CLEAR, PRUNE, RM_CACHED } from './cache-removal.ts';

const STATS: CommandDeclaration = {
  name: 'stats',
  group: 'Keep',
  summary: 'count what is stored, and how often it spared a request',
  description:
    'One row per handler and operator. The hit rate is of all questions that could be answered by the cache: over the last ' +
    'command, and over those on record (some thousand).',
  arguments: [],
  options: [],
  examples: [
    { line: 'celline cache stats', says: 'entries, bytes, hit rate' },
    { line: 'celline cache stats --json', says: 'all of it, for a program' },
  ],
};

/** Options that choose answers. */
const FILTERS = [
  { flags: '--handler <name>', summary: 'only those of this handler' },
  { flags: '--url <text>', summary: 'only those whose address holds this text' },
  { flags: '--stale', summary: 'only those that are fresh no more' },
  { flags: '--negative', summary: 'only those that say "there is none"' },
];

const LIST: CommandDeclaration = {
  name: 'list',
  group: 'Keep',
  summary: 'list the stored answers',
  arguments: [],
  options: [...FILTERS, { flags: '--limit <n>', summary: 'at most this many' }],
  examples: [
    { line: 'celline cache list --handler geo --limit 20', says: 'some of them' },
    { line: 'celline cache list --negative', says: 'what the archives said is not there' },
  ],
};

const SHOW: CommandDeclaration = {
  name: 'show',
  group: 'Keep',
  summary: 'show a stored answer, or with --body what the archive sent',
  description: 'The body comes byte for byte, after it was compared with its checksum.',
  arguments: [{ name: '<answer>', summary: 'a key of celline cache list, or an address' }],
  options: [{ flags: '--body', summary: 'the body alone' }],
  examples: [
    { line: 'celline cache show insdc/fa931a4577cb9013032f37570e44b630', says: 'when it was asked, and what came' },
    {
      line: 'celline cache show insdc/fa931a4577cb9013032f37570e44b630 --body -o answer.xml',
      says: 'the body, as a file',
    },
  ],
};

const VERIFY: CommandDeclaration = {
  name: 'verify',
  group: 'Keep',
  summary: 'compare every stored body with its checksum',
  description:
    'Bad answers are never served: they are asked for again. This finds them, and what only takes room: bodies without an ' +
    'entry, and what killed commands left, when they are older than an hour. Exits with 1 when a bad answer is there and stays.',
  arguments: [],
  options: [{ flags: '--repair', summary: 'remove what is found' }],
  examples: [
    { line: 'celline cache verify', says: 'whether all is whole' },
    { line: 'celline cache verify --repair', says: 'and remove what is not' },
  ],
};

const BACKENDS: CommandDeclaration = {
  name: 'backends',
  group: 'Keep',
  summary: 'list the back ends that the cache can be kept in',
  description:
    'They are chosen by cache.metadata.backend (the index) and cache.blob.backend (the bodies), in any combination.',
  arguments: [],
  options: [],
  examples: [{ line: 'celline cache backends', says: 'which there are, which can be used here, which are in use' }],
};

/** `celline cache`; the commands below it in the order of its help. */
export const CACHE: CommandDeclaration = {
  name: 'cache',
  group: 'Keep',
  summary: 'look after the stored answers of the archives',
  arguments: [],
  options: [],
  subcommands: [STATS, LIST, SHOW, RM_CACHED, PRUNE, VERIFY, CLEAR, BACKENDS],
  examples: [
    { line: 'celline cache stats', says: 'how large it is and how often it helped' },
    { line: 'celline cache prune --older-than 30d', says: 'make it smaller' },
  ],
};
