import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { createParquetStore, type ParquetStoreSettings } from '../../src/store/parquet/parquet-store.ts';

/** The time of the machine; waiting gives way to others and takes no time, a minute or more lasts until it is aborted. */
export const TEST_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (ms < 60_000) setImmediate(resolve);
      else signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};

/** Folders that the tests made; removed by `removeFolders`. */
const folders: string[] = [];

/** A new empty folder. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'celline-store-'));
  folders.push(folder);
  return folder;
}

/** Removes what `makeTestFolder` made. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** A Parquet store over a folder. */
export function openTestStore(dir: string, more: Partial<ParquetStoreSettings> = {}): Store {
  return createParquetStore({ dir, clock: TEST_CLOCK, randomId: randomUUID, ...more });
}
