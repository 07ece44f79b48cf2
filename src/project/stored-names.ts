import { readAccession } from '../id/accession.ts';
import type { StoreReader } from '../ports/store.ts';

/** Keys of the records that have these names (key or alias), by the name as given; names that nothing has are left out. */
export async function keysOfNames(
  names: readonly string[],
  store: StoreReader,
): Promise<Map<string, readonly string[]>> {
  const understood = new Map(names.map((name) => [name, storedName(name)]));
  const found = await store.resolve([...new Set(understood.values())]);
  return new Map(
    [...understood].flatMap(([name, id]) => {
      const keys = found.get(id);
      return keys === undefined || keys.length === 0 ? [] : [[name, keys] as const];
    }),
  );
}

/** The name as it would be stored: an accession in its archive's spelling, any other name (a plug-in's) as it is. */
export function storedName(name: string): string {
  const reading = readAccession(name);
  return reading.ok ? reading.id : name.trim();
}
