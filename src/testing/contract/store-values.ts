import assert from 'node:assert/strict';
import type { ReadWrite } from '../../ports/store.ts';
import type { Row } from '../../records/table.ts';
import { AT, collect, geoSample, insdcRun, oneUnit, only, runFile } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';

/** Texts that a format, a shell or SQL could break. */
const TEXTS = [
  '',
  ' ',
  'NULL',
  `it's "quoted" \\ and \`ticked\``,
  "'; DROP TABLE samples; --",
  'two\nlines\r\nand\ttabs',
  'µ 漢字 🧬 👩‍🔬 e\u0301',
  '$1 %s {{x}}',
  'x'.repeat(70_000),
];

/** What 64 bits can hold, to its ends and beyond what a double holds exactly. */
const NUMBERS = [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];

async function textsOf(store: ReadWrite): Promise<Map<unknown, unknown>> {
  const rows: Row[] = await collect(store.select({ table: 'samples', columns: ['key', 'description'] }));
  return new Map(rows.map((row) => [row.key, row.description]));
}

/** Every type of value, in and out. */
export const STORE_VALUE_TESTS: StoreTests = {
  '001-13 001-16 texts come back as they went in; NULL, absent and empty are told apart': async ({ open }) => {
    const store = await open();
    const samples = TEXTS.map((description, index) => geoSample(`GSM${index}`, { description }));
    await store.commit(oneUnit({ samples: [...samples, geoSample('GSMN', { description: null }), geoSample('GSMU')] }));
    const stored = await textsOf(store);
    for (const [index, text] of TEXTS.entries()) assert.equal(stored.get(`GSM${index}`), text);
    assert.deepEqual([stored.get('GSMN'), stored.get('GSMU')], [null, null]);
    const where = [{ column: 'description', operator: '=' as const, value: '' }];
    assert.equal(await store.count({ table: 'samples', where }), 1);
    await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [geoSample('GSM0', { description: TEXTS[6] ?? '' })] }));
      assert.equal((await textsOf(transaction)).get('GSM0'), TEXTS[6]);
    });
    assert.equal((await textsOf(store)).get('GSM0'), TEXTS[6]);
    await store.close();
  },
  '001-13 001-16 integers of 64 bits keep every digit, lists and objects their order and their empty items': async ({
    open,
  }) => {
    const store = await open();
    const runs = NUMBERS.map((spots, index) => insdcRun(`SRR${index}`, 'GSM1', { spots }));
    const lists = [[], [''], ['a,b', "it's", '"x"', '🧬', 'a,b']];
    const files = lists.map((urls, index) => runFile('SRR1', `${index}.gz`, { urls }));
    const attributes = { z: ['1', '', '1'], 'a "b"\n': ['🧬'], none: [] };
    const bare = runFile('SRR1', 'none.gz');
    await store.commit(oneUnit({ samples: [geoSample('GSM1', { attributes })], runs, files: [...files, bare] }));
    for (const [index, number] of NUMBERS.entries()) {
      assert.equal((await only(store, 'runs', `SRR${index}`)).spots, number);
    }
    for (const [index, list] of lists.entries()) {
      assert.deepEqual((await only(store, 'files', files[index]?.key ?? '')).urls, list);
    }
    assert.equal((await only(store, 'files', bare.key)).urls, null);
    const stored = (await only(store, 'samples', 'GSM1')).attributes;
    assert.equal(JSON.stringify(stored), JSON.stringify(attributes));
    await store.close();
  },
  '001-15 an instant is stored in UTC, whatever offset it was given with': async ({ open }) => {
    const store = await open();
    const same = [
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T09:00:00+09:00',
      '2025-12-31T19:00:00-05:00',
      '2026-01-01',
      '2026-01-01 00:00:00',
    ];
    const samples = same.map((fetched_at, index) => geoSample(`GSM${index}`, { fetched_at }));
    const old = geoSample('GSM9', { fetched_at: '1969-12-31T23:59:59.999Z' });
    await store.commit(oneUnit({ samples: [...samples, old] }));
    for (const index of same.keys()) assert.equal((await only(store, 'samples', `GSM${index}`)).fetched_at, AT);
    assert.equal((await only(store, 'samples', 'GSM9')).fetched_at, old.fetched_at);
    await store.close();
  },
  '003-06 a refused record names table, key and column, and nothing of its change is written': async ({ open }) => {
    const store = await open();
    const { sequence } = await store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
    const wrong: readonly [Row, string, string][] = [
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', spots: 'many' }, 'type_conversion', 'spots'],
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', spots: 2n ** 63n }, 'type_conversion', 'spots'],
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', fetched_at: 'yesterday' }, 'type_conversion', 'fetched_at'],
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', fetched_at: '5' }, 'type_conversion', 'fetched_at'],
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', fetched_at: '2026-02-30' }, 'type_conversion', 'fetched_at'],
      [{ key: 'SRR1', source: 'INSDC', parent: 'GSM1', colour: 'blue' }, 'integrity', 'colour'],
      [{ key: '', source: 'INSDC', parent: 'GSM1' }, 'integrity', 'key'],
    ];
    for (const [row, failure, column] of wrong) {
      const change = oneUnit({ samples: [geoSample('GSM2')], runs: [row as never] });
      await assert.rejects(store.commit(change), (error: { failure?: string; fields?: Row }) => {
        assert.equal(error.failure, failure);
        assert.equal(error.fields?.table, 'runs');
        assert.equal(error.fields?.column, column);
        if (row.key !== '') assert.equal(error.fields?.key, 'SRR1');
        return true;
      });
    }
    assert.equal(await store.count({ table: 'samples' }), 1);
    const next = await store.commit(oneUnit({ samples: [geoSample('GSM3')] }));
    assert.equal(next.sequence, sequence + 1);
    await store.close();
  },
};
