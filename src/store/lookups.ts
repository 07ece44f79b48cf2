import { IDENTITY_KINDS, type LinkKind } from '../records/link.ts';
import type { StoredRows } from './load-draft.ts';

/** Tables whose records have names. */
const RECORD_TABLES = ['samples', 'runs', 'projects'] as const;

/** What counting needs of a run. */
const RUN_COLUMNS = ['key', 'parent', 'project'];

/** Keys of the records that have one of these names: their key, or an identity link. By name; unknown names are absent. */
export async function resolveNames(stored: StoredRows, names: readonly string[]): Promise<Map<string, string[]>> {
  const links = await stored.byColumn('links', 'alias', names);
  const identities = links.filter((link) => IDENTITY_KINDS.has(link.kind as LinkKind));
  const candidates = [...new Set([...names, ...identities.map((link) => String(link.key))])];
  const found = await Promise.all(RECORD_TABLES.map((table) => stored.byKey(table, candidates, ['key'])));
  const keys = new Set(found.flat().map((row) => String(row.key)));
  const resolved = new Map<string, Set<string>>();
  const note = (name: string, key: string): void => {
    if (!keys.has(key)) return;
    resolved.set(name, (resolved.get(name) ?? new Set()).add(key));
  };
  for (const name of names) note(name, name);
  for (const link of identities) note(String(link.alias), String(link.key));
  return new Map([...resolved].map(([name, set]) => [name, [...set].sort()]));
}

/**
 * Number of runs and files of samples or projects. The files of a sample are its own and those of its runs; those of a
 * project are its own, and those of its samples and runs.
 */
export async function countRunsAndFiles(
  stored: StoredRows,
  keys: readonly string[],
): Promise<Map<string, { runs: number; files: number }>> {
  const wanted = new Set(keys);
  const members = await stored.byColumn('samples', 'parent', keys, ['key', 'parent']);
  const owners = new Map<string, Set<string>>();
  const own = (child: string, key: string): void => {
    owners.set(child, (owners.get(child) ?? new Set()).add(key));
  };
  for (const key of wanted) own(key, key);
  for (const sample of members) own(String(sample.key), String(sample.parent));
  const runs = new Map<string, Set<string>>([...wanted].map((key) => [key, new Set()]));
  const byParent = await stored.byColumn('runs', 'parent', [...owners.keys()], RUN_COLUMNS);
  const byProject = await stored.byColumn('runs', 'project', [...wanted], RUN_COLUMNS);
  for (const run of [...byParent, ...byProject]) {
    const of = [...(owners.get(String(run.parent)) ?? []), String(run.project)];
    for (const key of of) runs.get(key)?.add(String(run.key));
  }
  for (const [key, members] of runs) for (const run of members) own(run, key);
  const counts = new Map([...runs].map(([key, members]) => [key, { runs: members.size, files: 0 }]));
  for (const file of await stored.filesOf([...owners.keys()], ['key', 'parent'])) {
    for (const key of owners.get(String(file.parent)) ?? []) {
      const count = counts.get(key);
      if (count !== undefined) count.files += 1;
    }
  }
  return counts;
}
