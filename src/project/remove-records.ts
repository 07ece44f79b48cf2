import { UsageError } from '../errors/usage-error.ts';
import type { ReadWrite, StoreReader } from '../ports/store.ts';
import { EMPTY_UNIT, type RecordUnit } from '../records/record-unit.ts';
import type { SamplePatch } from '../records/sample.ts';
import type { Row, TableName } from '../records/table.ts';
import { inKeyPieces } from './key-pieces.ts';
import { keysOfNames } from './stored-names.ts';

/** Rows to remove, by table and key. */
type Removal = { readonly table: TableName; readonly key: string };

/** What a removal did. */
export interface Removed {
  /** Rows that went, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Names that no record has. */
  readonly unknown: readonly string[];
  /** Notes of removed records that stay: they are there again when the record is. */
  readonly notesKept: number;
}

/** How records are removed. */
export interface RemovalOptions {
  /** Also what is below them, with the notes of all. */
  readonly cascade?: boolean;
  /** Notes stay, even with `cascade`. */
  readonly keepNotes?: boolean;
  /** Only counts what would go. */
  readonly dryRun?: boolean;
}

/**
 * Removes records by any of their names in one commit, with the answers that they gave or were a part of, so that they can
 * be added again. A record with others below it goes only with `cascade`, and then with all of them. A note outlives its
 * record unless what belongs to the record goes with it.
 */
export async function removeRecords(
  names: readonly string[],
  options: RemovalOptions,
  at: string,
  store: ReadWrite,
): Promise<Removed> {
  const keys = await keysOfNames(names, store);
  const removed = await removeKeys([...new Set([...keys.values()].flat())], options, at, store);
  return { ...removed, unknown: names.filter((name) => !keys.has(name)) };
}

/** Removes the records of these keys as `removeRecords` does. */
export async function removeKeys(
  keys: readonly string[],
  options: RemovalOptions,
  at: string,
  store: ReadWrite,
): Promise<Omit<Removed, 'unknown'>> {
  const cascade = options.cascade ?? false;
  const records = await withAllBelow(keys, cascade, store);
  const rows = await rowsOf(records, store);
  const notes = await inKeyPieces(records, (piece) => store.get('annotations', piece));
  const keepsNotes = !cascade || options.keepNotes === true;
  const gone = keepsNotes ? rows : { ...rows, annotations: notes };
  if (options.dryRun !== true) await commitRemoval(records, rows, keepsNotes ? [] : notes, at, store);
  const counts = Object.entries(gone).map(([table, some]) => [table, some.length] as const);
  const removed = Object.fromEntries(counts.filter(([, count]) => count > 0));
  return { removed, notesKept: keepsNotes ? notes.length : 0 };
}

async function commitRemoval(
  records: readonly string[],
  rows: StoredRows,
  notes: readonly Row[],
  at: string,
  store: ReadWrite,
): Promise<void> {
  const answers = await answersOf(records, rows, store);
  const remove: Removal[] = (['projects', 'samples', 'runs', 'files'] as const).flatMap((table) =>
    rows[table].map((row) => ({ table, key: String(row.key) })),
  );
  for (const key of new Set(rows.links.map((link) => String(link.key)))) remove.push({ table: 'links', key });
  for (const key of new Set(notes.map((note) => String(note.key)))) remove.push({ table: 'annotations', key });
  for (const key of answers) remove.push({ table: 'asked', key });
  if (remove.length === 0) return;
  const units = await samplesWithout(rows.runs, new Set(records), store);
  await store.commit({ units, asked: [], remove, at });
}

/** The samples that stay, without the runs that go: a list of children names what is there. */
async function samplesWithout(
  runs: readonly Row[],
  gone: ReadonlySet<string>,
  store: StoreReader,
): Promise<RecordUnit[]> {
  const parents = [...new Set(runs.map((run) => String(run.parent)))].filter((key) => !gone.has(key));
  const samples = await inKeyPieces(parents, (piece) => store.get('samples', piece));
  const left = await inKeyPieces(parents, (piece) => store.getByParent('runs', piece));
  const patches = samples.map((sample): SamplePatch => {
    const children =
      typeof sample.children === 'string' ? sample.children.split(',').filter((key) => !gone.has(key)) : [];
    return { key: String(sample.key), source: String(sample.source), children: children.join(',') || null };
  });
  if (patches.length === 0) return [];
  // The runs that stay are named as all there are: only then does a shorter list replace the stored one.
  const stay = left.filter((run) => !gone.has(String(run.key)));
  return [
    {
      ...EMPTY_UNIT,
      samples: patches,
      runs: stay.map((run) => ({ key: String(run.key), source: String(run.source) })),
      complete: patches.map(({ key }) => ({ table: 'runs', parent: key })),
    },
  ];
}

/** The records, and with `cascade` all samples and runs below them. */
async function withAllBelow(keys: readonly string[], cascade: boolean, store: StoreReader): Promise<string[]> {
  const samples = await samplesBelow(keys, store);
  const runs = await inKeyPieces([...keys, ...samples], (piece) => store.getByParent('runs', piece));
  if (!cascade && samples.length + runs.length > 0) {
    const below = [counted(samples.length, 'sample'), counted(runs.length, 'run')].filter((part) => part !== '');
    const names = `${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''}`;
    throw new UsageError(
      `Below ${names} there ${below.join(' and ').startsWith('1 ') ? 'is' : 'are'} ${below.join(' and ')}.`,
      {
        hint: 'Remove them with it: celline rm --cascade.',
        fields: { samples: samples.length, runs: runs.length },
      },
    );
  }
  return [...new Set([...keys, ...samples, ...runs.map((run) => String(run.key))])];
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

async function samplesBelow(keys: readonly string[], store: StoreReader): Promise<string[]> {
  const samples: string[] = [];
  for (const project of await inKeyPieces(keys, (piece) => store.get('projects', piece))) {
    const where = [{ column: 'parent', operator: '=' as const, value: String(project.key) }];
    for await (const rows of store.select({ table: 'samples', where, columns: ['key'] })) {
      samples.push(...rows.map((row) => String(row.key)));
    }
  }
  return samples;
}

type StoredRows = Readonly<Record<'projects' | 'samples' | 'runs' | 'files' | 'links', readonly Row[]>>;

async function rowsOf(records: readonly string[], store: StoreReader): Promise<StoredRows> {
  return {
    projects: await inKeyPieces(records, (piece) => store.get('projects', piece)),
    samples: await inKeyPieces(records, (piece) => store.get('samples', piece)),
    runs: await inKeyPieces(records, (piece) => store.get('runs', piece)),
    files: await inKeyPieces(records, (piece) => store.getByParent('files', piece)),
    links: await inKeyPieces(records, (piece) => store.getByParent('links', piece)),
  };
}

/** Ids whose answer does not hold any more: those of the records, and those of the projects that they were a part of. */
async function answersOf(records: readonly string[], rows: StoredRows, store: StoreReader): Promise<string[]> {
  const series = rows.links.filter((link) => link.kind === 'series').map((link) => String(link.alias));
  const parents = rows.samples.map((sample) => sample.parent).filter((parent) => typeof parent === 'string');
  const above = [...new Set([...series, ...parents])];
  const links = await inKeyPieces(above, (piece) => store.getByParent('links', piece));
  const names = [...records, ...above, ...[...rows.links, ...links].map((link) => String(link.alias))];
  const gone = new Set([...records, ...above]);
  const asked = await inKeyPieces([...new Set(names)], async (piece) => [...(await store.asked(piece)).values()]);
  return asked.filter((row) => row.key?.split(',').some((key) => gone.has(key))).map((row) => row.id);
}
