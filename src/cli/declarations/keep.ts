import type { CommandDeclaration } from '../command-type.ts';

/** `celline rm`. */
export const RM: CommandDeclaration = {
  name: 'rm',
  group: 'Keep',
  summary: 'remove records from the tables',
  arguments: [{ name: '<ids...>', summary: 'any name of a sample, run or project; - reads them from stdin' }],
  options: [
    { flags: '--cascade', summary: 'remove also what belongs to them: runs, files, links' },
    { flags: '-y, --yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'celline rm GSM5764259 --cascade', says: 'a sample with its runs and files' },
    { line: 'celline list --where organism~mus --ids-only | celline rm - --cascade --yes', says: 'many, unasked' },
  ],
};
