import type { ListedEntry } from '../../../ports/cache.ts';
import type { AnswerFilter, CacheRemoval } from '../../../ports/cache-care.ts';
import { isWhole } from '../entry-shape.ts';
import { blobKeyOf } from '../stored-body.ts';
import type { CareContext } from './care-context.ts';
import { describeAnswer, handlerOf, isWanted } from './describe-answer.ts';
import { findAnswers, isKey, nameOf } from './list-answers.ts';

/** Removes answers by their keys or addresses; by its key also one that cannot be read. */
export async function removeNamed(
  names: readonly string[],
  dryRun: boolean,
  care: CareContext,
): Promise<CacheRemoval & { readonly unknown: readonly string[] }> {
  const { keys, unknown } = await keysOf(names, care);
  const handlers = [...new Set([...keys].map(handlerOf))];
  const { entries, bodies } = await choose(handlers, ({ key }) => keys.has(key), care);
  // Those that cannot be read are not listed.
  const removal = await removeChosen({ entries: [...new Set([...entries, ...keys])], bodies }, dryRun, care);
  return { ...removal, unknown };
}

async function keysOf(names: readonly string[], care: CareContext) {
  const found = await findAnswers(names, care);
  const keys = new Set(found.map(({ key }) => key));
  const addresses = new Set(found.map(({ url }) => url));
  const unknown: string[] = [];
  for (const name of names) {
    if (keys.has(name) || addresses.has(nameOf(name))) continue;
    if (isKey(name) && (await isThere(name, care))) keys.add(name);
    else unknown.push(name);
  }
  return { keys, unknown };
}

/** Removes the answers that the filter has. */
export async function pruneAnswers(filter: AnswerFilter, dryRun: boolean, care: CareContext): Promise<CacheRemoval> {
  const now = care.clock.now();
  const goes = (listed: ListedEntry): boolean =>
    isWhole(listed.entry) && isWanted(describeAnswer(listed, care.ttlOf(handlerOf(listed.key)), now), filter, now);
  return removeChosen(await choose([filter.handler ?? ''], goes, care), dryRun, care);
}

/** Removes everything that is there now. Bodies that come meanwhile stay, for the entries that come with them. */
export async function clearAll(dryRun: boolean, { backends }: CareContext): Promise<CacheRemoval> {
  const bodies: string[] = [];
  let bytes = 0;
  for await (const { key, size } of backends.blobs.listKeys('')) {
    bodies.push(key);
    bytes += size;
  }
  if (dryRun) return { entries: (await backends.metadata.getStats()).entries, bodies: bodies.length, bytes };
  const entries = await backends.metadata.clear();
  for (const key of bodies) await backends.blobs.delete(key);
  return { entries, bodies: bodies.length, bytes };
}

/** What is to go: entries, and bodies that no entry which stays has. */
interface Chosen {
  readonly entries: readonly string[];
  readonly bodies: readonly string[];
}

async function choose(
  handlers: readonly string[],
  goes: (listed: ListedEntry) => boolean,
  { backends }: CareContext,
): Promise<Chosen> {
  const entries: string[] = [];
  const bodies = new Set<string>();
  const kept = new Set<string>();
  for (const handler of handlers) {
    for await (const listed of backends.metadata.listEntries(handler === '' ? '' : `${handler}/`)) {
      const body = blobKeyOf(listed.key, listed.entry);
      if (!goes(listed)) {
        kept.add(body);
        continue;
      }
      entries.push(listed.key);
      bodies.add(body);
    }
  }
  return { entries, bodies: [...bodies].filter((body) => !kept.has(body)) };
}

async function removeChosen({ entries, bodies }: Chosen, dryRun: boolean, care: CareContext): Promise<CacheRemoval> {
  const { metadata, blobs } = care.backends;
  const removal = { entries: 0, bodies: 0, bytes: 0 };
  // Entries first: whoever reads meanwhile finds nothing rather than half.
  for (const key of entries)
    removal.entries += Number(dryRun ? await isThere(key, care) : await metadata.removeEntry(key));
  for (const key of bodies) {
    const size = (await blobs.get(key))?.size;
    if (size === undefined || !(dryRun || (await blobs.delete(key)))) continue;
    removal.bodies += 1;
    removal.bytes += size;
  }
  return removal;
}

/** Also true for an entry that cannot be read. */
async function isThere(key: string, { backends }: CareContext): Promise<boolean> {
  return backends.metadata.getEntry(key).then(
    (entry) => entry !== null,
    () => true,
  );
}
