import { randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import { closeAll } from '../close-all.ts';
import type { CacheSettings } from '../settings.ts';
import { createEntryStore, type EntryStore, type EntryStoreSettings } from './entry.ts';
import { createCapKeeper } from './keep-cap.ts';
import { createUseLog } from './use-log.ts';

/** An entry store that is kept below its cap and whose use is noted. */
export interface KeptStore extends EntryStore {
  /** Notes the use, removes what is too much, closes the back ends. */
  close(): Promise<void>;
}

/** What the store needs besides its cache. */
export interface KeptStoreSettings extends Omit<EntryStoreSettings, 'backends' | 'stored'> {
  readonly clock: Pick<Clock, 'now'>;
}

/** Opens the store of a stack; null without a cache. */
export function openKeptStore(cache: CacheSettings | null, settings: KeptStoreSettings): KeptStore | null {
  if (cache === null) return null;
  const entries = createEntryStore({ ...settings, backends: cache, stored: () => keeper.stored() });
  const keeper = createCapKeeper({
    backends: cache,
    maxBytes: cache.maxBytes,
    useLog: createUseLog(cache.useFolder ?? null),
    clock: settings.clock,
    use: entries.counts,
    run: randomUUID(),
    warn: settings.warn,
  });
  return {
    ...entries,
    close: () => closeAll([() => keeper.close(), () => cache.metadata.close(), () => cache.blobs.close()]),
  };
}
