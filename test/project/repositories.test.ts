import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRepositories } from '../../src/project/repositories/repositories.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { recordsContract } from '../../src/testing/contract/records.ts';
import { AT } from '../../src/testing/contract/store-records.ts';
import { aRun, aSample } from '../../src/testing/factories.ts';
import { makeTestFolder, openTestStore, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

describe('003-23 repositories of the memory store', () => {
  recordsContract(test, {
    open: async (now) => {
      const store = createMemoryStore();
      return { store, records: createRepositories(store, now) };
    },
  });
});

describe('003-23 repositories of the parquet store', () => {
  recordsContract(test, {
    open: async (now) => {
      const store = openTestStore(join(await makeTestFolder(), 'DB'));
      return { store, records: createRepositories(store, now) };
    },
  });
});

test('within a transaction, what is created is seen by it alone, and goes with it', async () => {
  const store = createMemoryStore();
  const records = createRepositories(store, () => AT);
  const failed = store.transaction(async (transaction) => {
    const inner = records.within(transaction);
    await inner.samples.create(aSample());
    await inner.runs.create(aRun());
    expect((await inner.samples.update('GSM1', { title: 'new' })).title).toBe('new');
    expect(await records.samples.get('GSM1')).toBe(null);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await records.samples.get('GSM1')).toBe(null);
});
