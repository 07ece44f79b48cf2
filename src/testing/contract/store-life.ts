import assert from 'node:assert/strict';
import { geoSample, oneUnit } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';
import { transactionError } from './store-transactions.ts';

/** How a store begins and ends. */
export const STORE_LIFE_TESTS: StoreTests = {
  '001-26 a back end says what it can do': async ({ open }) => {
    const store = await open();
    for (const name of ['durable', 'concurrent', 'transactions', 'savepoints', 'returning'] as const) {
      assert.equal(typeof store.abilities[name], 'boolean', name);
    }
    assert.deepEqual([store.abilities.transactions, store.abilities.savepoints], [true, true]);
    await store.close();
  },
  '001-02 closing is idempotent, also before the first call, and rolls open transactions back': async ({ open }) => {
    const unused = await open();
    await unused.close();
    await unused.close();
    const store = await open();
    await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await store.close();
    assert.equal(transaction.isOpen, false);
    await assert.rejects(transaction.end(), transactionError(/rolled back/));
    await store.close();
  },
  'plain tables, where there are any, show a transaction that has ended and none that is open': async ({ open }) => {
    const store = await open();
    await store.transaction((transaction) => transaction.commit(oneUnit({ samples: [geoSample('GSM1')] })));
    for (const table of await store.publish()) assert.deepEqual([table.rows, table.behind], [1, 0], table.name);
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    for (const table of await store.plainTables()) assert.equal(table.behind, 0, table.name);
    await transaction.end();
    for (const table of await store.plainTables()) assert.equal(table.behind, 1, table.name);
    await store.close();
  },
};
