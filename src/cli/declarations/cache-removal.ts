import type { CommandDeclaration } from '../command-type.ts';

const DRY_RUN = { flags: '--dry-run', summary: 'only count' };

/** `celline cache rm`. */
export const RM_CACHED: CommandDeclaration = {
  name: 'rm',
  group: 'Keep',
  summary: 'remove stored answers, so that they are asked for again',
  arguments: [{ name: '<answers...>', summary: 'keys of celline cache list, or addresses' }],
  options: [DRY_RUN],
  examples: [
    { line: 'celline cache rm insdc/fa931a4577cb9013032f37570e44b630', says: 'one answer' },
    { line: 'celline cache rm https://www.ebi.ac.uk/ena/browser/api/xml/SRX079566', says: 'by its address' },
  ],
};

/** `celline cache prune`. */
export const PRUNE: CommandDeclaration = {
  name: 'prune',
  group: 'Keep',
  summary: 'remove stored answers by age, handler or room',
  description:
    'All conditions that are given must hold; --to comes after them. Stale answers still spare bytes: an archive that knows ' +
    'their tag need only say that nothing has changed.',
  arguments: [],
  options: [
    { flags: '--stale', summary: 'those that are fresh no more' },
    { flags: '--older-than <age>', summary: 'those that were fetched longer ago: 90m, 12h, 7d' },
    { flags: '--handler <name>', summary: 'those of this handler' },
    { flags: '--to <size>', summary: 'the least recently used, until no more than this is left: 500MB, 1GB' },
    DRY_RUN,
  ],
  examples: [
    { line: 'celline cache prune --older-than 30d', says: 'a month is long enough' },
    { line: 'celline cache prune --to 1GB --dry-run', says: 'what would go' },
  ],
};

/** `celline cache clear`. */
export const CLEAR: CommandDeclaration = {
  name: 'clear',
  group: 'Keep',
  summary: 'remove all stored answers',
  description: 'The tables stay as they are.',
  arguments: [],
  options: [DRY_RUN, { flags: '-y, --yes', summary: 'do not ask' }],
  examples: [{ line: 'celline cache clear --yes', says: 'unasked' }],
};
