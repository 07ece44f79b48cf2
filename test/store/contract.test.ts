import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import type { PluginColumns } from '../../src/ports/store-care.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createStoreRegistry } from '../../src/store/registry.ts';
import { storeContract } from '../../src/testing/contract/store.ts';
import { makeTestFolder, openTestStore, removeFolders, TEST_CLOCK } from './open-test-store.ts';

afterAll(removeFolders);

describe('001-29 004-18 memory store', () => {
  storeContract(test, { open: async (pluginColumns = []) => createMemoryStore({ pluginColumns }) });
});

/** A third back end, as somebody else would write one: it keeps a journal of what was asked, and leaves the work to another. */
function createJournallingStore(inner: Store, journal: string[]): Store {
  return new Proxy(inner, {
    get: (target, name: keyof Store) => {
      const member = target[name];
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        journal.push(name);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

describe('001-01 a third back end, registered by name', () => {
  const registry = createStoreRegistry();
  const journal: string[] = [];
  registry.registerStore({
    name: 'journalling',
    description: 'notes every call',
    open: ({ pluginColumns = [] }) => createJournallingStore(createMemoryStore({ pluginColumns }), journal),
  });
  const settings = { dir: '/nowhere', clock: TEST_CLOCK, randomId: randomUUID };
  storeContract(test, {
    open: async (pluginColumns = []) => registry.createStore('journalling', { ...settings, pluginColumns }),
  });

  test('is the one that was asked, is listed, and goes again', () => {
    expect(new Set(journal)).toEqual(new Set(Object.keys(createMemoryStore()).filter((name) => name !== 'abilities')));
    expect(registry.listStores().map(({ name }) => name)).toEqual(['parquet', 'memory', 'journalling']);
    expect(registry.unregisterStore('journalling')).toBe(true);
    expect(() => registry.createStore('journalling', settings)).toThrow(
      'There is no storage back end named journalling',
    );
  });
});

for (const protocol of ['link', 'lock'] as const) {
  describe(`001-29 parquet store, protocol ${protocol}`, () => {
    const dirs = new WeakMap<Store, string>();
    const openAt = (dir: string, pluginColumns: PluginColumns = []): Store => {
      const store = openTestStore(dir, { protocol, pluginColumns });
      dirs.set(store, dir);
      return store;
    };
    storeContract(test, {
      open: async (pluginColumns) => openAt(join(await makeTestFolder(), 'DB'), pluginColumns),
      reopen: async (store) => {
        await store.close();
        return openAt(dirs.get(store) ?? '');
      },
    });
  });
}
