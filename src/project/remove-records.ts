import { UsageError } from '../errors/usage-error.ts';
import type { Change, Store } from '../ports/store.ts';
import type { TableName } from '../records/table.ts';
import { keysOfNames } from './stored-names.ts';

/** Keys of one look-up; a few thousand is what the store takes at once. */
const KEYS_AT_A_TIME = 1000;

/** Rows to remove, by table and key. */
type Removal = { readonly table: TableName; readonly key: string };

/**
 * Removes records by any of their names in one commit, with the answers that they gave, so that they can be added again.
 * A record with others below it goes only with `cascade`, and then with all of them.
 */
export async function removeRecords(
  names: readonly string[],
  cascade: boolean,
  at: string,
  store: Store,
): Promise<{ removed: Record<string, number>; unknown: string[] }> {
  const keys = await keysOfNames(names, store);
  const removals = new Map<string, Removal>();
  for (const [name, own] of keys) {
    for (const removal of await below(name, own, cascade, store))
      removals.set(`${removal.table} ${removal.key}`, removal);
  }
  const remove = [...removals.values()];
  if (remove.length > 0) await store.commit({ units: [], asked: [], remove, at } satisfies Change);
  const removed: Record<string, number> = {};
  for (const { table } of remove) removed[table] = (removed[table] ?? 0) + 1;
  return { removed, unknown: names.filter((name) => !keys.has(name)) };
}

async function below(name: string, keys: readonly string[], cascade: boolean, store: Store): Promise<Removal[]> {
  const samples = await samplesBelow(keys, store);
  const runs = (await inPieces([...keys, ...samples], (piece) => store.getByParent('runs', piece))).map((row) =>
    String(row.key),
  );
  if (!cascade && samples.length + runs.length > 0) {
    throw new UsageError(`${name} has ${samples.length} samples and ${runs.length} runs below it`, {
      hint: 'Remove them with it: celline rm --cascade.',
      fields: { id: name, samples: samples.length, runs: runs.length },
    });
  }
  const records = [...keys, ...samples, ...runs];
  const files = await inPieces(records, (piece) => store.getByParent('files', piece));
  const links = await inPieces(records, (piece) => store.getByParent('links', piece));
  const names = [...new Set([...records, ...links.map((link) => String(link.alias))])];
  const asked = await inPieces(names, async (piece) => [...(await store.asked(piece)).values()]);
  const answers = asked.filter((row) => row.key?.split(',').some((key) => records.includes(key)));
  const rows = (table: TableName, some: readonly string[]): Removal[] => some.map((key) => ({ table, key }));
  const own = (['projects', 'samples', 'runs', 'links'] as const).flatMap((table) => rows(table, records));
  return [
    ...own,
    ...rows(
      'files',
      files.map((file) => String(file.key)),
    ),
    ...rows(
      'asked',
      answers.map((row) => row.id),
    ),
  ];
}

async function samplesBelow(projects: readonly string[], store: Store): Promise<string[]> {
  const keys: string[] = [];
  for (const value of projects) {
    const where = [{ column: 'parent', operator: '=' as const, value }];
    for await (const rows of store.select({ table: 'samples', where, columns: ['key'] }))
      keys.push(...rows.map((row) => String(row.key)));
  }
  return keys;
}

async function inPieces<T>(
  keys: readonly string[],
  read: (piece: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (let start = 0; start < keys.length; start += KEYS_AT_A_TIME)
    all.push(...(await read(keys.slice(start, start + KEYS_AT_A_TIME))));
  return all;
}
