import type { CommandDeclaration } from '../command-type.ts';

/** `celline db check`. */
export const CHECK: CommandDeclaration = {
  name: 'check',
  group: 'Keep',
  summary: 'look for damage and contradictions in the tables',
  description:
    'Files (checksums of all segments, manifests, plain files), keys, relations and values. Exits 0 when there are no errors ' +
    '(warnings may be), 5 otherwise. --repair does what is safe in one commit, which celline db rollback undoes: segments ' +
    'come back from a backup byte by byte, of rows with one key the newest stays, lists of children are rebuilt, links of ' +
    'nothing go, ids whose record is gone are asked again. Runs without a sample, odd values and notes stay as they are.',
  arguments: [],
  options: [
    { flags: '--repair', summary: 'mend what can be mended safely' },
    { flags: '--all', summary: 'print every finding (default: the first 100 of each check)' },
  ],
  examples: [
    { line: 'celline db check', says: 'after a crash, a copy from another disk, or once a month' },
    { line: 'celline db check --repair', says: 'mend what is safe' },
    { line: 'celline db check --all --json', says: 'for a program' },
  ],
};
