import type { CommandDeclaration } from '../command-type.ts';

/** `celline db backup`. */
export const BACKUP: CommandDeclaration = {
  name: 'backup',
  group: 'Keep',
  summary: 'copy the tables into a folder of their own, with a checksum of every byte',
  description:
    'The state of one moment; other commands go on meanwhile. It goes into backups/ of the project (store.backupDir), ' +
    'takes the room of the tables again, and stays until you remove it or use --keep.',
  arguments: [],
  options: [
    { flags: '--to <folder>', summary: 'another folder, on another disk for instance', completes: 'folder' },
    { flags: '--keep <n>', summary: 'afterwards remove all but the newest n backups of this project from that folder' },
  ],
  examples: [
    { line: 'celline db backup', says: 'before something risky' },
    { line: 'celline db backup --to /mnt/backup/atlas --keep 7', says: 'each night, by cron' },
  ],
};

/** `celline db backups`. */
export const BACKUPS: CommandDeclaration = {
  name: 'backups',
  group: 'Keep',
  summary: 'list the backups, the newest first',
  description: 'With --verify it reads every byte, and exits with 5 when a backup is damaged.',
  arguments: [],
  options: [
    { flags: '--verify', summary: 'compare every byte with its checksum' },
    { flags: '--from <folder>', summary: 'of this folder', completes: 'folder' },
  ],
  examples: [
    { line: 'celline db backups', says: 'what there is' },
    { line: 'celline db backups --verify --from /mnt/backup/atlas', says: 'whether it would help' },
  ],
};

/** `celline db restore`. */
export const RESTORE: CommandDeclaration = {
  name: 'restore',
  group: 'Keep',
  summary: 'show the tables of a backup again',
  description:
    'A damaged backup is refused. The present tables are kept as a backup first; when they cannot be read they are moved ' +
    'aside. It is a new commit; annotations keep their present rows unless --all is given. It also works when the tables ' +
    'folder is gone.',
  arguments: [{ name: '<backup>', summary: 'a name of celline db backups, or the path of a backup' }],
  options: [
    { flags: '--all', summary: 'bring back the annotations too' },
    { flags: '--force', summary: 'also while a job runs' },
    { flags: '-y, --yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'celline db restore 20261121T093000Z-1', says: 'of the project' },
    { line: 'celline db restore /mnt/backup/atlas/20261121T093000Z-1 --yes', says: 'from elsewhere, in a script' },
  ],
};
