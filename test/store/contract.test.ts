import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { storeContract } from '../../src/testing/contract/store.ts';
import { makeTestFolder, openTestStore, removeFolders } from './open-test-store.ts';

afterAll(removeFolders);

describe('memory store', () => {
  storeContract(test, { open: async () => createMemoryStore() });
});

for (const protocol of ['link', 'lock'] as const) {
  describe(`parquet store, protocol ${protocol}`, () => {
    const dirs = new WeakMap<Store, string>();
    const openAt = (dir: string): Store => {
      const store = openTestStore(dir, { protocol });
      dirs.set(store, dir);
      return store;
    };
    storeContract(test, {
      open: async () => openAt(join(await makeTestFolder(), 'DB')),
      reopen: async (store) => {
        await store.close();
        return openAt(dirs.get(store) ?? '');
      },
    });
  });
}
