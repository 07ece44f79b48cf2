import assert from 'node:assert/strict';
import type { Transaction } from '../../ports/store.ts';
import type { RunPatch } from '../../records/run.ts';
import { AT, askedRow, geoSample, insdcRun, keysOf, LATER, oneUnit, only, runFile } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';

const SAMPLES = { table: 'samples' as const };
const RUNS = { table: 'runs' as const };

/** What an error of a transaction looks like. */
export function transactionError(message: RegExp) {
  return { name: 'StoreError', failure: 'transaction', message };
}

/** Changes that become durable together. */
export const STORE_TRANSACTION_TESTS: StoreTests = {
  '001-17 003-24 a transaction is seen by itself, by others after its end, and as one manifest': async ({ open }) => {
    const store = await open();
    const before = await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }, { asked: [askedRow('GSM2')] }));
    await transaction.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'new' })] }, { at: LATER }));
    await transaction.commit({ units: [], asked: [], remove: [{ table: 'samples', key: 'GSM9' }], at: AT });
    assert.deepEqual(await keysOf(transaction, SAMPLES), ['GSM1', 'GSM2']);
    assert.equal((await only(transaction, 'samples', 'GSM1')).title, 'new');
    assert.equal((await transaction.asked(['GSM2'])).size, 1);
    assert.equal(await transaction.count(SAMPLES), 2);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    assert.equal((await only(store, 'samples', 'GSM1')).title, 'sample GSM1');
    const report = await transaction.end();
    assert.equal(report.sequence, before.sequence + 1);
    assert.deepEqual(report.tables.samples, { added: 1, updated: 1, unchanged: 0, removed: 0 });
    assert.deepEqual(Object.fromEntries(report.changes), { GSM2: 'added', GSM1: 'updated' });
    assert.deepEqual(report.changedColumns.get('GSM1'), ['title']);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM2']);
    assert.equal((await store.asked(['GSM2'])).size, 1);
    const row = await only(store, 'samples', 'GSM1');
    assert.deepEqual([row.created_at, row.updated_at], [AT, LATER]);
    await store.close();
  },
  '001-18 the block form ends after success and rolls back after an error, which is thrown on': async ({ open }) => {
    const store = await open();
    const answer = await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM1')] }));
      return 42;
    });
    assert.equal(answer, 42);
    const failing = store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
      throw new Error('on purpose');
    });
    await assert.rejects(failing, /on purpose/);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM3')] }));
      await transaction.rollback();
    });
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    await store.close();
  },
  'a rolled back transaction changes nothing, and one that changes nothing makes no manifest': async ({ open }) => {
    const store = await open();
    const { sequence } = await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    const transaction = await store.begin();
    await transaction.commit({ units: [], asked: [], remove: [{ table: 'samples', key: 'GSM1' }], at: AT });
    assert.deepEqual(await keysOf(transaction, SAMPLES), []);
    await transaction.rollback();
    const same = await store.begin();
    await same.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    assert.equal((await same.end()).sequence, sequence);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    assert.equal((await store.commit(oneUnit({ samples: [geoSample('GSM2')] }))).sequence, sequence + 1);
    await store.close();
  },
  '001-20 a refused change leaves the transaction usable': async ({ open }) => {
    const store = await open();
    await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM1')] }));
      await transaction.savepoint('good');
      const wrong = { ...insdcRun('SRR2', 'GSM1'), file_size: 'big' } as unknown as RunPatch;
      await assert.rejects(transaction.commit(oneUnit({ samples: [geoSample('GSM2')], runs: [wrong] })), {
        failure: 'type_conversion',
        fields: { table: 'runs', key: 'SRR2', column: 'file_size' },
      });
      await transaction.rollbackTo('good');
      await transaction.commit(oneUnit({ samples: [geoSample('GSM3')] }));
    });
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM3']);
    await store.close();
  },
  'a removal, a complete set and a new key meet what the same transaction staged': async ({ open }) => {
    const store = await open();
    await store.transaction(async (transaction) => {
      const runs = [insdcRun('SRR1', 'SAMN1'), insdcRun('SRR2', 'SAMN1')];
      await transaction.commit(oneUnit({ samples: [{ key: 'SAMN1', source: 'INSDC' }], runs }));
      await transaction.commit(oneUnit({ files: [runFile('SRR2', 'b.gz')] }));
      const complete = [{ table: 'runs' as const, parent: 'SAMN1' }];
      await transaction.commit(oneUnit({ runs: [insdcRun('SRR1', 'SAMN1')], complete }));
      const links = [{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' as const }];
      await transaction.commit(oneUnit({ samples: [geoSample('GSM1')], links }));
      assert.equal((await only(transaction, 'runs', 'SRR1')).parent, 'GSM1');
    });
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    assert.deepEqual(await keysOf(store, RUNS), ['SRR1']);
    assert.equal(await store.count({ table: 'files' }), 0);
    assert.deepEqual((await store.resolve(['SAMN1'])).get('SAMN1'), ['GSM1']);
    await store.close();
  },
};

/** Points to come back to. */
export const STORE_SAVEPOINT_TESTS: StoreTests = {
  '001-19 insert, savepoint, insert, roll back to it, commit: only the first is there': async ({ open }) => {
    const store = await open();
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    await transaction.savepoint('runs');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')], runs: [insdcRun('SRR1', 'GSM1')] }));
    await transaction.rollbackTo('runs');
    assert.deepEqual(await keysOf(transaction, SAMPLES), ['GSM1']);
    await transaction.commit(oneUnit({ samples: [geoSample('GSM3')] }));
    await transaction.rollbackTo('runs');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM4')] }));
    const report = await transaction.end();
    assert.deepEqual([...report.changes.keys()].sort(), ['GSM1', 'GSM4']);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM4']);
    assert.equal(await store.count(RUNS), 0);
    await store.close();
  },
  '001-19 names: used again they are marked anew; released or unknown ones are errors that name them': async ({
    open,
  }) => {
    const store = await open();
    const transaction = await store.begin();
    await transaction.savepoint('a');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    await transaction.savepoint('b');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await transaction.savepoint('a');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM3')] }));
    await transaction.rollbackTo('a');
    assert.deepEqual(await keysOf(transaction, SAMPLES), ['GSM1', 'GSM2']);
    await transaction.release('b');
    assert.deepEqual(await keysOf(transaction, SAMPLES), ['GSM1', 'GSM2']);
    await assert.rejects(transaction.rollbackTo('b'), transactionError(/savepoint b\b/));
    await assert.rejects(transaction.rollbackTo('a'), transactionError(/savepoint a\b/));
    await assert.rejects(transaction.release('c'), transactionError(/release the savepoint c\b/));
    await assert.rejects(transaction.savepoint(''), transactionError(/name/));
    await transaction.end();
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM2']);
    await store.close();
  },
  '001-21 a transaction inside another fails alone, and its names are its own': async ({ open }) => {
    const store = await open();
    await store.transaction(async (outer) => {
      await outer.commit(oneUnit({ samples: [geoSample('GSM1')] }));
      await outer.savepoint('outer');
      const failing = outer.transaction(async (inner) => {
        await inner.commit(oneUnit({ samples: [geoSample('GSM2')] }));
        await assert.rejects(inner.rollbackTo('outer'), transactionError(/outer/));
        await inner.transaction(async (third) => {
          await third.commit(oneUnit({ samples: [geoSample('GSM3')] }));
        });
        assert.deepEqual(await keysOf(inner, SAMPLES), ['GSM1', 'GSM2', 'GSM3']);
        throw new Error('on purpose');
      });
      await assert.rejects(failing, /on purpose/);
      assert.deepEqual(await keysOf(outer, SAMPLES), ['GSM1']);
      const report = await outer.transaction(async (inner) => {
        await inner.commit(oneUnit({ samples: [geoSample('GSM4')] }));
        await assert.rejects(outer.commit(oneUnit({ samples: [geoSample('GSM5')] })), transactionError(/inside/));
        return inner.end();
      });
      assert.deepEqual([...report.changes.keys()], ['GSM4']);
    });
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM4']);
    await store.close();
  },
  'every call after the end is an error that says how it ended': async ({ open }) => {
    const store = await open();
    const ended = await store.begin();
    await ended.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    assert.equal(ended.isOpen, true);
    await ended.end();
    const rolled = await store.begin();
    let inner: Transaction | null = null;
    await rolled.transaction(async (one) => {
      inner = one;
    });
    await rolled.rollback();
    for (const [transaction, how] of [
      [ended, /committed/],
      [rolled, /rolled back/],
      [inner as unknown as Transaction, /committed|rolled back/],
    ] as const) {
      assert.equal(transaction.isOpen, false);
      await assert.rejects(transaction.end(), transactionError(how));
      await assert.rejects(transaction.rollback(), transactionError(how));
      await assert.rejects(transaction.commit(oneUnit({})), transactionError(how));
      await assert.rejects(transaction.savepoint('a'), transactionError(how));
      await assert.rejects(
        transaction.transaction(async () => 1),
        transactionError(how),
      );
      await assert.rejects(transaction.get('samples', ['GSM1']), transactionError(how));
      await assert.rejects(keysOf(transaction, SAMPLES), transactionError(how));
    }
    await store.close();
  },
};

/** What others commit while a transaction is open. */
export const STORE_ISOLATION_TESTS: StoreTests = {
  'what others commit meanwhile is not seen, and is kept at the end': async ({ open }) => {
    const store = await open();
    await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    const transaction = await store.begin();
    await store.commit(oneUnit({ samples: [geoSample('GSM8')] }));
    await transaction.commit(oneUnit({ samples: [geoSample('GSM2')] }));
    await store.commit(oneUnit({ samples: [geoSample('GSM9')] }));
    assert.deepEqual(await keysOf(transaction, SAMPLES), ['GSM1', 'GSM2']);
    await transaction.end();
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM2', 'GSM8', 'GSM9']);
    assert.equal(await store.count(SAMPLES), 4);
    await store.close();
  },
  'rows that both touch are merged: the changes are made again over those of the others': async ({ open }) => {
    const store = await open();
    await store.commit(oneUnit({ samples: [geoSample('GSM1', { tissue: 'brain' })] }));
    const transaction = await store.begin();
    await transaction.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'mine' })] }));
    await transaction.savepoint('a');
    await transaction.commit(oneUnit({ samples: [geoSample('GSM7')] }));
    await transaction.rollbackTo('a');
    const cell = { key: 'GSM1', source: 'GEO', cell_type: 'neuron', tissue: null };
    await store.commit(oneUnit({ samples: [cell], runs: [insdcRun('SRR1', 'GSM1')] }));
    const report = await transaction.end();
    assert.equal(report.changes.get('GSM1'), 'updated');
    const row = await only(store, 'samples', 'GSM1');
    assert.deepEqual([row.title, row.cell_type, row.tissue], ['mine', 'neuron', null]);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1']);
    assert.deepEqual(await keysOf(store, RUNS), ['SRR1']);
    await store.close();
  },
  'two transactions at once: both are there, whoever ends first': async ({ open }) => {
    const store = await open();
    const [first, second] = [await store.begin(), await store.begin()];
    await Promise.all([
      first.commit(oneUnit({ samples: [geoSample('GSM1')] })),
      second.commit(oneUnit({ samples: [geoSample('GSM1', { tissue: 'brain' }), geoSample('GSM2')] })),
    ]);
    await second.end();
    const report = await first.end();
    assert.equal(report.changes.get('GSM1'), 'unchanged');
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM2']);
    assert.equal((await only(store, 'samples', 'GSM1')).tissue, 'brain');
    await store.close();
  },
  'calls that are not awaited one by one happen in their order': async ({ open }) => {
    const store = await open();
    const transaction = await store.begin();
    const change = (key: string) => transaction.commit(oneUnit({ samples: [geoSample(key)] }));
    const calls = [change('GSM1'), transaction.savepoint('a'), change('GSM2'), transaction.rollbackTo('a')];
    await Promise.all([...calls, change('GSM3'), transaction.end()]);
    assert.deepEqual(await keysOf(store, SAMPLES), ['GSM1', 'GSM3']);
    await store.close();
  },
};
