import { UsageError } from '../errors/usage-error.ts';
import type { ReadWrite, StoreReader } from '../ports/store.ts';
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
}

/**
 * Removes records by any of their names in one commit, with the answers that they gave or were a part of, so that they can
 * be added again. A record with others below it goes only with `cascade`, and then with all of them.
 */
export async function removeRecords(
  names: readonly string[],
  cascade: boolean,
  at: string,
  store: ReadWrite,
): Promise<Removed> {
  const keys = await keysOfNames(names, store);
  const records = await withAllBelow([...new Set([...keys.values()].flat())], cascade, store);
  const rows = await rowsOf(records, store);
  const answers = await answersOf(records, rows, store);
  const removals: Removal[] = (['projects', 'samples', 'runs', 'files'] as const).flatMap((table) =>
    rows[table].map((row) => ({ table, key: String(row.key) })),
  );
  for (const key of new Set(rows.links.map((link) => String(link.key)))) removals.push({ table: 'links', key });
  for (const key of answers) removals.push({ table: 'asked', key });
  if (removals.length > 0) await store.commit({ units: [], asked: [], remove: removals, at });
  const counts = Object.entries(rows).map(([table, some]) => [table, some.length] as const);
  const removed = Object.fromEntries(counts.filter(([, count]) => count > 0));
  return { removed, unknown: names.filter((name) => !keys.has(name)) };
}

/** The records, and with `cascade` all samples and runs below them. */
async function withAllBelow(keys: readonly string[], cascade: boolean, store: StoreReader): Promise<string[]> {
  const samples = await samplesBelow(keys, store);
  const runs = await inKeyPieces([...keys, ...samples], (piece) => store.getByParent('runs', piece));
  if (!cascade && samples.length + runs.length > 0) {
    const below = `${samples.length} samples and ${runs.length} runs`;
    throw new UsageError(`below ${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''} there are ${below}`, {
      hint: 'Remove them with it: celline rm --cascade.',
      fields: { samples: samples.length, runs: runs.length },
    });
  }
  return [...new Set([...keys, ...samples, ...runs.map((run) => String(run.key))])];
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
