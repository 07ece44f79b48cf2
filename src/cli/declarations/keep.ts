import type { CommandDeclaration } from '../command-type.ts';

/** `celline annotate`. */
export const ANNOTATE: CommandDeclaration = {
  name: 'annotate',
  group: 'Keep',
  summary: 'note something about records: condition=treated',
  description:
    'Notes are in a table of their own (annotations), which no refresh touches; show, list and query see them. ' +
    'name= with nothing after it removes the note, like --remove. ' +
    'Without name=value the columns of the file are the notes, one name each; an empty cell leaves its note as it is.',
  arguments: [
    { name: '[ids...]', summary: 'any names of samples, runs or projects, then name=value; - reads ids from stdin' },
  ],
  options: [
    { flags: '--from <file>', summary: 'ids, or a csv or tsv of ids and notes; - is stdin', completes: 'file' },
    { flags: '--column <name>', summary: 'column that holds the ids (default: id, else found by content)' },
    { flags: '--only <names>', summary: 'columns that are notes, joined with commas (default: all others)' },
    { flags: '--remove <name>', summary: 'remove this note', repeats: true },
  ],
  examples: [
    { line: 'celline annotate GSM5764259 condition=treated batch=2', says: 'two notes about a sample' },
    { line: 'celline annotate --from sheet.csv', says: 'every column beside the ids is a note' },
    { line: 'celline list --where tissue~brain --ids-only | celline annotate - region=brain', says: 'many at once' },
    { line: 'celline annotate GSM5764259 --remove batch', says: 'take one back' },
  ],
};

/** `celline rm`. */
export const RM: CommandDeclaration = {
  name: 'rm',
  group: 'Keep',
  summary: 'remove records from the tables',
  arguments: [{ name: '<ids...>', summary: 'any name of a sample, run or project; - reads them from stdin' }],
  options: [
    { flags: '--cascade', summary: 'remove also what belongs to them: runs, files, links, notes' },
    { flags: '--keep-notes', summary: 'leave the notes, for when the records are added again' },
    { flags: '--dry-run', summary: 'say what would go and remove nothing' },
    { flags: '--atomic', summary: 'remove nothing when one of the names is unknown' },
    { flags: '-y, --yes', summary: 'do not ask' },
  ],
  examples: [
    { line: 'celline rm GSM5764259 --cascade', says: 'a sample with its runs and files' },
    { line: 'celline list --where organism~mus --ids-only | celline rm - --cascade --yes', says: 'many, unasked' },
  ],
};
