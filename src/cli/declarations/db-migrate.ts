import type { CommandDeclaration } from '../command-type.ts';

/** `celline db status`. */
export const STATUS: CommandDeclaration = {
  name: 'status',
  group: 'Keep',
  summary: 'print the version of the tables, its migrations, and the columns of plug-ins',
  description:
    'Changes nothing. Exit code 5 when there is a file that a newer celline wrote; this one never touches such a file.',
  arguments: [],
  options: [],
  examples: [
    { line: 'celline db status', says: 'where the tables stand' },
    { line: 'celline db status --json', says: 'for a script' },
  ],
};

/** `celline db migrate`. */
export const MIGRATE: CommandDeclaration = {
  name: 'migrate',
  group: 'Keep',
  summary: 'bring the tables to the newest version, or to another one',
  description:
    "Tables of an older version are read as they are, and migrated by the first command that writes. The project's own " +
    'migrations (migrations/*.json, for columns that a plug-in removed or retyped) run here only. A backup is taken first. ' +
    'It asks before going down and before columns change.',
  arguments: [],
  options: [
    { flags: '--to <version>', summary: 'this version, up or down (default: the newest)' },
    { flags: '--draft', summary: 'only write the migrations that columns of plug-ins need into migrations/' },
    { flags: '--dry-run', summary: 'print what would be done and change nothing' },
    { flags: '-y, --yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'celline db migrate --dry-run', says: 'what would be done' },
    { line: 'celline db migrate', says: 'to the newest version' },
    { line: 'celline db migrate --to 1 --yes', says: 'down, for an older celline' },
  ],
};
