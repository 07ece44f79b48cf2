import type { CommandDeclaration } from '../command-type.ts';
import { BACKUP, BACKUPS, RESTORE } from './db-backup.ts';
import { CHECK } from './db-check.ts';
import { MIGRATE, STATUS } from './db-migrate.ts';

const LOG: CommandDeclaration = {
  name: 'log',
  group: 'Keep',
  summary: 'list the commits: who, when, by which command, rows added and changed',
  description:
    'The newest first. Changes are +added ~changed -removed rows over all tables. Each number that is listed can be gone ' +
    'back to: the newest 20, those of the last day, and the last one of each of the last 50 commands are kept.',
  arguments: [],
  options: [
    { flags: '--limit <n>', summary: 'at most this many (default 50)' },
    { flags: '--all', summary: 'compactions too, which change no row' },
  ],
  examples: [
    { line: 'celline db log', says: 'the last commits' },
    { line: 'celline db log --limit 1000 --json', says: 'more of them, with the rows of each table' },
  ],
};

const ROLLBACK: CommandDeclaration = {
  name: 'rollback',
  group: 'Keep',
  summary: 'show the tables as they were after an earlier commit',
  description:
    'It is a new commit, so that it can be undone in the same way. What archives said and which ids were asked goes back; ' +
    'annotations keep their present rows unless --all is given.',
  arguments: [{ name: '<number>', summary: 'of celline db log' }],
  options: [
    { flags: '--all', summary: 'bring back the annotations too' },
    { flags: '--dry-run', summary: 'print what would change and change nothing' },
    { flags: '--force', summary: 'also while a job runs' },
    { flags: '-y, --yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'celline db rollback 12 --dry-run', says: 'what would change' },
    { line: 'celline db rollback 12 --yes', says: 'in a script' },
  ],
};

const GC: CommandDeclaration = {
  name: 'gc',
  group: 'Keep',
  summary: 'remove segments that no kept commit needs, and what killed commands left',
  description: 'Commands that write do it by themselves once an hour.',
  arguments: [],
  options: [{ flags: '--dry-run', summary: 'only count' }],
  examples: [
    { line: 'celline db gc --dry-run', says: 'what would be freed' },
    { line: 'celline db gc', says: 'now' },
  ],
};

const CHECKPOINT: CommandDeclaration = {
  name: 'checkpoint',
  group: 'Keep',
  summary: 'merge all segments and bring the plain tables up to date, whatever it costs',
  description: 'Commands do this by themselves where it is cheap; large plain tables wait for it.',
  arguments: [{ name: '[tables...]', summary: 'samples, or GEO_SAMPLES (default: all)' }],
  options: [],
  examples: [
    { line: 'celline db checkpoint', says: 'every table' },
    { line: 'celline db checkpoint GEO_SAMPLES', says: 'one of them' },
  ],
};

/** `celline db`; the commands below it in the order of its help. */
export const DB: CommandDeclaration = {
  name: 'db',
  group: 'Keep',
  summary: 'look after the tables: history, going back, backups, checks',
  arguments: [],
  options: [],
  subcommands: [LOG, ROLLBACK, BACKUP, BACKUPS, RESTORE, CHECKPOINT, CHECK, GC, STATUS, MIGRATE],
  examples: [
    { line: 'celline db log', says: 'what was committed' },
    { line: 'celline db checkpoint', says: 'bring the plain Parquet files up to date' },
  ],
};
