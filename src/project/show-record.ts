import type { Store } from '../ports/store.ts';
import type { AnnotationRow } from '../records/annotation.ts';
import type { FileRow } from '../records/file.ts';
import type { LinkRow } from '../records/link.ts';
import type { ProjectRow } from '../records/project.ts';
import type { RunRow } from '../records/run.ts';
import type { SampleRow } from '../records/sample.ts';
import { inKeyPieces } from './key-pieces.ts';
import type { RecordView } from './project.ts';
import { keysOfNames } from './stored-names.ts';

/** Names whose records are in memory at once: at some 30 rows each a few thousand rows. */
const NAMES_AT_A_TIME = 500;

/** Everything stored about the records that have this name; empty when there is none. */
export async function showRecord(name: string, store: Store): Promise<readonly RecordView[]> {
  return (await viewsOf([name], store)).get(name) ?? [];
}

/** The same for many names, in their order: a few look-ups for every 500 of them. */
export async function* showRecords(
  names: readonly string[],
  store: Store,
): AsyncGenerator<{ readonly name: string; readonly views: readonly RecordView[] }> {
  for (let start = 0; start < names.length; start += NAMES_AT_A_TIME) {
    const piece = names.slice(start, start + NAMES_AT_A_TIME);
    const views = await viewsOf(piece, store);
    for (const name of piece) yield { name, views: views.get(name) ?? [] };
  }
}

async function viewsOf(names: readonly string[], store: Store): Promise<Map<string, readonly RecordView[]>> {
  const keys = await keysOfNames(names, store);
  const all = [...new Set([...keys.values()].flat())];
  const [projects, samples, runs] = await Promise.all([
    rowsOf<ProjectRow>('projects', all, store),
    rowsOf<SampleRow>('samples', all, store),
    rowsOf<RunRow>('runs', all, store),
  ]);
  const below = await rowsBelow(samples, all, store);
  const members = new Map<string, RecordView['samples']>();
  for (const { key } of projects) members.set(key, await membersOf(key, store));
  const view = (kind: RecordView['kind'], record: RecordView['record']): RecordView => {
    const own = kind === 'sample' ? (below.runs.get(record.key) ?? []) : [];
    const holders = [record.key, ...own.map(({ key }) => key)];
    return {
      kind,
      record,
      links: below.links.get(record.key) ?? [],
      runs: own,
      files: holders.flatMap((holder) => below.files.get(holder) ?? []).toSorted(byKey),
      samples: members.get(record.key) ?? [],
      notes: below.notes.get(record.key) ?? [],
    };
  };
  const views = [
    ...projects.map((row) => view('project', row)),
    ...samples.map((row) => view('sample', row)),
    ...runs.map((row) => view('run', row)),
  ];
  return new Map(
    [...keys].map(([name, own]) => [name, views.filter(({ record }) => own.includes(record.key))] as const),
  );
}

async function rowsOf<T>(table: 'projects' | 'samples' | 'runs', keys: readonly string[], store: Store): Promise<T[]> {
  return (await inKeyPieces(keys, (piece) => store.get(table, piece))) as unknown as T[];
}

/** What hangs on the records, by the key that it hangs on. */
interface RowsBelow {
  readonly runs: ReadonlyMap<string, readonly RunRow[]>;
  readonly files: ReadonlyMap<string, readonly FileRow[]>;
  readonly links: ReadonlyMap<string, RecordView['links']>;
  readonly notes: ReadonlyMap<string, RecordView['notes']>;
}

async function rowsBelow(samples: readonly SampleRow[], keys: readonly string[], store: Store): Promise<RowsBelow> {
  const parents = samples.map(({ key }) => key);
  const runs = (await inKeyPieces(parents, (piece) => store.getByParent('runs', piece))) as unknown as RunRow[];
  const holders = [...new Set([...keys, ...runs.map(({ key }) => key)])];
  const files = (await inKeyPieces(holders, (piece) => store.getByParent('files', piece))) as unknown as FileRow[];
  const links = (await inKeyPieces(keys, (piece) => store.getByParent('links', piece))) as unknown as LinkRow[];
  const notes = (await inKeyPieces(keys, (piece) => store.get('annotations', piece))) as unknown as AnnotationRow[];
  const named = links.toSorted((a, b) => a.kind.localeCompare(b.kind) || a.alias.localeCompare(b.alias));
  const sorted = notes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    runs: grouped(
      runs.toSorted(byKey),
      (run) => String(run.parent),
      (run) => run,
    ),
    files: grouped(
      files,
      (file) => file.parent,
      (file) => file,
    ),
    links: grouped(
      named,
      (link) => link.key,
      ({ alias, kind }) => ({ alias, kind }),
    ),
    notes: grouped(
      sorted,
      (note) => note.key,
      ({ name, value }) => ({ name, value }),
    ),
  };
}

async function membersOf(project: string, store: Store): Promise<RecordView['samples']> {
  const samples: { key: string; title: string | null }[] = [];
  const where = [{ column: 'parent', operator: '=' as const, value: project }];
  for await (const rows of store.select({ table: 'samples', where, columns: ['key', 'title'] })) {
    for (const row of rows) samples.push({ key: String(row.key), title: (row.title ?? null) as string | null });
  }
  return samples;
}

function grouped<T, V>(rows: readonly T[], keyOf: (row: T) => string, cellOf: (row: T) => V): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [cellOf(row)]);
    else group.push(cellOf(row));
  }
  return groups;
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
