import { UsageError } from '../../errors/usage-error.ts';
import { readIdTable } from '../../id/id-list.ts';
import type { NoteChange, NoteRequest } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT, exitCodeOfFound } from '../exit-code.ts';
import { listedNames, optionalText } from '../flag-values.ts';
import { printRows } from '../print-rows.ts';
import { hasNoIds, type IdSources, readIds, readListText } from '../read-ids.ts';
import { plural } from '../render/plural.ts';
import { sayNotStored } from '../say-not-stored.ts';

/** What `celline annotate` was asked. */
export interface AnnotateOptions {
  readonly sources: IdSources;
  /** Notes for every id; null removes. None: the columns of the file are the notes. */
  readonly notes: readonly Pick<NoteRequest, 'name' | 'value'>[];
  /** Columns of the file that are notes; absent: all but that of the ids. */
  readonly only?: readonly string[];
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): AnnotateOptions {
  const ids = args.filter((word) => !word.includes('='));
  const sources = { ids, ...optionalText(flags, 'from'), ...optionalText(flags, 'column') };
  if (hasNoIds(sources)) {
    throw new UsageError('No ids were given.', { hint: 'celline annotate GSM5764259 condition=treated' });
  }
  const removed: readonly string[] = Array.isArray(flags.remove) ? flags.remove : [];
  const notes = [
    ...args.filter((word) => word.includes('=')).map(noteOf),
    ...removed.map((name) => ({ name: name.trim(), value: null })),
  ];
  if (notes.length === 0 && sources.from === undefined) {
    throw new UsageError(`Nothing to note about ${ids.slice(0, 3).join(', ')}.`, {
      hint: `celline annotate ${ids[0] ?? ''} condition=treated; celline list annotations shows what is noted.`,
    });
  }
  if (notes.length === 0 && ids.length > 0) {
    throw new UsageError(`There is no note for ${ids.slice(0, 3).join(', ')}.`, {
      hint: 'A file of notes names its ids itself; with name=value it is a list of ids.',
    });
  }
  const only = listedNames(flags, 'only');
  return { sources, notes, ...(only === undefined ? {} : { only }) };
}

/** `condition=treated`; nothing after `=` removes the note. */
function noteOf(word: string): Pick<NoteRequest, 'name' | 'value'> {
  const at = word.indexOf('=');
  const value = word.slice(at + 1).trim();
  return { name: word.slice(0, at).trim(), value: value === '' ? null : value };
}

/** Notes, and prints one row for each note. */
export async function run(options: AnnotateOptions, app: App): Promise<number> {
  const requests = await readRequests(options, app);
  if (requests.length === 0) {
    await app.say('Nothing to note.');
    return EXIT.ok;
  }
  const project = await app.openProject();
  const { notes, unknown } = await project.annotate(requests);
  const columns = [{ name: 'key' }, { name: 'name' }, { name: 'value' }, { name: 'change' }];
  await printRows(app, { columns }, [notes.map(({ key, name, value, change }) => ({ key, name, value, change }))]);
  await sayNotStored(unknown, app);
  await app.say(summaryOf(notes));
  const ids = new Set(requests.map(({ id }) => id));
  return exitCodeOfFound(ids.size - unknown.length, unknown.length);
}

async function readRequests({ sources, notes, only }: AnnotateOptions, app: App): Promise<NoteRequest[]> {
  if (notes.length > 0) {
    const ids = [...new Set(await readIds(sources, app))];
    return ids.flatMap((id) => notes.map((note) => ({ id, ...note })));
  }
  const text = await readListText(sources.from ?? '-', app);
  return tableRequests(text, sources.column, only);
}

/** One request for each cell that says something: an empty one leaves the note as it is. */
function tableRequests(text: string, column: string | undefined, only: readonly string[] | undefined): NoteRequest[] {
  const table = readIdTable(text, column === undefined ? {} : { column });
  if (table === null || table.columns.length === 0) {
    throw new UsageError('The file has no columns of notes.', {
      hint: 'A csv or tsv with a heading: one column of ids, one for each note. Or give name=value for all its ids.',
    });
  }
  const missing = only?.find((name) => !table.columns.includes(name));
  if (missing !== undefined) {
    throw new UsageError(`The file has no column ${missing}.`, { hint: `There are: ${table.columns.join(', ')}.` });
  }
  const isMeant = (name: string): boolean => name !== '' && (only?.includes(name) ?? true);
  return table.rows.flatMap(({ ids, cells }) =>
    ids.flatMap((id) =>
      table.columns.flatMap((name, index) => {
        const value = cells[index] ?? '';
        return isMeant(name) && value !== '' ? [{ id, name, value }] : [];
      }),
    ),
  );
}

function summaryOf(notes: readonly NoteChange[]): string {
  const counts = new Map<NoteChange['change'], number>();
  for (const { change } of notes) counts.set(change, (counts.get(change) ?? 0) + 1);
  const parts = [...counts].map(([change, count]) => `${count.toLocaleString('en-US')} ${change}`);
  return parts.length === 0 ? 'Nothing was noted.' : `${plural(notes.length, 'note')}: ${parts.join(', ')}.`;
}
