import { IDENTITY_KINDS, type LinkKind } from '../../records/link.ts';
import type { StoredRows } from './load-draft.ts';

/** Tables whose records have names. */
const RECORD_TABLES = ['samples', 'runs', 'projects'] as const;

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
