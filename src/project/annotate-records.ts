import { UsageError } from '../errors/usage-error.ts';
import type { Store } from '../ports/store.ts';
import type { AnnotationRow } from '../records/annotation.ts';
import { inKeyPieces } from './key-pieces.ts';
import { keysOfNames, storedName } from './stored-names.ts';

/** A note to make, to change, or, with the value null, to remove. */
export interface NoteRequest {
  /** Any name of a stored record. */
  readonly id: string;
  /** What is noted: `condition`. */
  readonly name: string;
  readonly value: string | null;
}

/** What became of one note. */
export interface NoteChange {
  /** Key of the record. */
  readonly key: string;
  readonly name: string;
  /** The note as it is now; of a removed one what it said; null when there was none to remove. */
  readonly value: string | null;
  readonly change: 'added' | 'updated' | 'unchanged' | 'removed';
}

/** What noting did. */
export interface Annotated {
  /** One for each note, in the order asked. */
  readonly notes: readonly NoteChange[];
  /** Names that no record has. */
  readonly unknown: readonly string[];
}

/** Characters that a note's name cannot have: it stands in one line, before `=`. */
const BAD_NAME = /[\u0000-\u001f\u007f=]/;

/** Makes, changes and removes notes in one commit. Two values for the same note are refused before anything is written. */
export async function annotateRecords(requests: readonly NoteRequest[], at: string, store: Store): Promise<Annotated> {
  for (const { name } of requests) checkName(name);
  const ids = [...new Set(requests.map(({ id }) => id))];
  const keys = new Map(await keysOfNames(ids, store));
  const nameless = ids.filter((id) => !keys.has(id));
  // A record that is gone may have left its notes: they can be changed and removed by its key.
  const left = await notesOf(nameless.map(storedName), store);
  const orphans = new Set(left.map(({ key }) => key));
  for (const id of nameless) if (orphans.has(storedName(id))) keys.set(id, [storedName(id)]);
  const wanted = wantedNotes(requests, keys);
  const found = await notesOf([...new Set([...wanted.values()].map(({ key }) => key))], store);
  const stored = new Map(found.map((row) => [noteId(row.key, row.name), row.value]));
  const notes = [...wanted].map(([id, note]) => changeOf(note, stored.get(id)));
  const put = notes.filter(({ change }) => change === 'added' || change === 'updated');
  const gone = notes.filter(({ change }) => change === 'removed');
  if (put.length + gone.length > 0) {
    await store.commit({
      units: [],
      asked: [],
      annotations: put.map(({ key, name, value }) => ({
        key,
        name,
        value: value ?? '',
        created_at: null,
        updated_at: null,
      })),
      remove: gone.map(({ key, name }) => ({ table: 'annotations', key, name })),
      at,
    });
  }
  return { notes, unknown: ids.filter((id) => !keys.has(id)) };
}

type WantedNote = Pick<NoteRequest, 'name' | 'value'> & { readonly key: string };

function noteId(key: string, name: string): string {
  return `${key}\u0000${name}`;
}

function checkName(name: string): void {
  if (name.trim() === name && name !== '' && !BAD_NAME.test(name)) return;
  throw new UsageError(`${JSON.stringify(name)} cannot be the name of a note.`, {
    hint: 'A name is text on one line without "=", for example condition or cell line.',
    fields: { name },
  });
}

/** Each note once, by key and name. */
function wantedNotes(
  requests: readonly NoteRequest[],
  keys: ReadonlyMap<string, readonly string[]>,
): Map<string, WantedNote> {
  const wanted = new Map<string, WantedNote>();
  for (const { id, name, value } of requests) {
    for (const key of keys.get(id) ?? []) {
      const known = wanted.get(noteId(key, name));
      if (known !== undefined && known.value !== value) throw contradiction(key, name, known.value, value);
      wanted.set(noteId(key, name), { key, name, value });
    }
  }
  return wanted;
}

function contradiction(key: string, name: string, one: string | null, other: string | null): UsageError {
  const said = (value: string | null): string => (value === null ? 'nothing' : JSON.stringify(value));
  return new UsageError(`${key} has two values for ${name}: ${said(one)} and ${said(other)}.`, {
    hint: 'Nothing was noted. Give one value for each record and name.',
    fields: { key, name },
  });
}

async function notesOf(keys: readonly string[], store: Store): Promise<AnnotationRow[]> {
  return (await inKeyPieces(keys, (piece) => store.get('annotations', piece))) as unknown as AnnotationRow[];
}

function changeOf({ key, name, value }: WantedNote, stored: string | undefined): NoteChange {
  if (value === null)
    return { key, name, value: stored ?? null, change: stored === undefined ? 'unchanged' : 'removed' };
  if (stored === undefined) return { key, name, value, change: 'added' };
  return { key, name, value, change: stored === value ? 'unchanged' : 'updated' };
}
