import assert from 'node:assert/strict';
import type { ReadWrite } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';
import type { AddedColumns } from '../../records/plugin-column.ts';
import type { SamplePatch } from '../../records/sample.ts';
import type { CellValue, ColumnType, Row } from '../../records/table.ts';
import { collect, geoSample, LATER, oneUnit, only } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';

/** Each type with values as they go in and as they come back. */
const VALUES: Readonly<Record<ColumnType, readonly (readonly [given: CellValue, back: CellValue])[]>> = {
  text: [["it's 🧬", "it's 🧬"]],
  bigint: [[2n ** 63n - 1n, 2n ** 63n - 1n]],
  integer: [[-2147483648, -2147483648]],
  float: [
    [0.1, 0.1],
    [-1.5e300, -1.5e300],
    [3, 3],
  ],
  decimal: [
    ['12.5', '12.50'],
    [7, '7.00'],
    ['-0', '0.00'],
    ['-99999999.99', '-99999999.99'],
    ['0012.30', '12.30'],
  ],
  boolean: [[false, false]],
  json: [[{ a: ['1', ''] }, { a: ['1', ''] }]],
  list: [
    [
      ['x', ''],
      ['x', ''],
    ],
  ],
  timestamp: [['2026-11-21T09:30:00+01:00', '2026-11-21T08:30:00.000Z']],
  date: [['2024-02-29', '2024-02-29']],
  time: [
    ['09:30:00', '09:30:00'],
    ['23:59:59.500', '23:59:59.5'],
  ],
  uuid: [['0B97BC32-0773-4E0E-BAE9-FD526D362C68', '0b97bc32-0773-4e0e-bae9-fd526d362c68']],
};

const TYPES = Object.keys(VALUES) as ColumnType[];

/** Values that a column of each type cannot hold. */
const MISFITS: Readonly<Partial<Record<ColumnType, readonly CellValue[]>>> = {
  integer: [1.5, 2 ** 31, '1'],
  float: [Number.NaN, Number.POSITIVE_INFINITY, '1'],
  decimal: ['1.005', '123456789', 'many', '1e3', ''],
  date: ['2026-02-30', '21.11.2026', '2026-11-21T00:00:00Z'],
  time: ['24:00:00', '9:30', '09:30:00Z'],
  uuid: ['0b97bc32', ''],
};

function lab(columns: AddedColumns, handler = 'lab', source = 'LAB'): PluginColumns {
  return [{ handler, source, columns }];
}

const EVERY_TYPE = lab({ samples: TYPES.map((type) => ({ name: `a_${type}`, type, doc: `A ${type}.` })) });

function labSample(key: string, columns: Row = {}): SamplePatch {
  return { ...geoSample(key, { source: 'LAB' }), ...columns };
}

async function where(store: ReadWrite, column: string, operator: '=' | '<' | '>=' | 'like', value: string) {
  const rows = await collect(
    store.select({ table: 'samples', where: [{ column, operator, value }], columns: ['key'] }),
  );
  return rows.map((row) => row.key);
}

/** Columns that plug-ins add. */
export const STORE_COLUMN_TESTS: StoreTests = {
  '001-10 each of the 12 types goes in, comes back in one form, and is the same again': async ({ open }) => {
    assert.equal(TYPES.length, 12);
    const store = await open(EVERY_TYPE);
    const most = Math.max(...TYPES.map((type) => VALUES[type].length));
    for (let round = 0; round < most; round += 1) {
      const pairs = TYPES.map((type) => [`a_${type}`, VALUES[type][Math.min(round, VALUES[type].length - 1)]] as const);
      const given = Object.fromEntries(pairs.map(([name, pair]) => [name, pair?.[0] ?? null]));
      const back = Object.fromEntries(pairs.map(([name, pair]) => [name, pair?.[1] ?? null]));
      await store.commit(oneUnit({ samples: [labSample(`LAB${round}`, given)] }));
      const row = await only(store, 'samples', `LAB${round}`);
      for (const [name, value] of Object.entries(back)) assert.deepEqual(row[name], value, name);
      const again = await store.commit(oneUnit({ samples: [labSample(`LAB${round}`, given)] }, { at: LATER }));
      assert.equal(again.changes.get(`LAB${round}`), 'unchanged');
    }
    await store.close();
  },
  '001-11 a text has its length, a decimal its digits, 10 and 2 by default': async ({ open }) => {
    const store = await open(
      lab({
        samples: [
          { name: 'short', type: 'text', length: 3, doc: 'Short.' },
          { name: 'fine', type: 'decimal', precision: 6, scale: 4, doc: 'Fine.' },
        ],
      }),
    );
    await store.commit(oneUnit({ samples: [labSample('LAB1', { short: '🧬🧬🧬', fine: '12.3456' })] }));
    assert.deepEqual((await only(store, 'samples', 'LAB1')).fine, '12.3456');
    for (const misfit of [{ short: 'four' }, { fine: '123' }, { fine: '1.23456' }]) {
      await assert.rejects(store.commit(oneUnit({ samples: [labSample('LAB2', misfit)] })), {
        failure: 'type_conversion',
      });
    }
    await store.close();
  },
  '001-10 a value that does not fit is refused by table, key and column, and nothing is written': async ({ open }) => {
    const store = await open(EVERY_TYPE);
    for (const [type, values] of Object.entries(MISFITS)) {
      for (const value of values) {
        const change = oneUnit({ samples: [labSample('LAB1'), labSample('LAB2', { [`a_${type}`]: value })] });
        await assert.rejects(store.commit(change), {
          failure: 'type_conversion',
          fields: { table: 'samples', key: 'LAB2', column: `a_${type}` },
        });
      }
    }
    assert.equal(await store.count({ table: 'samples' }), 0);
    await store.close();
  },
  'columns are of their source: rows of others have NULL, and cannot carry them': async ({ open }) => {
    const store = await open(lab({ samples: [{ name: 'score', type: 'float', doc: 'A score.' }] }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), labSample('LAB1', { score: 0.5 }), labSample('LAB2')] }));
    const rows = await collect(store.select({ table: 'samples', columns: ['key', 'score'] }));
    assert.deepEqual(rows, [
      { key: 'GSM1', score: null },
      { key: 'LAB1', score: 0.5 },
      { key: 'LAB2', score: null },
    ]);
    assert.ok((await collect(store.select({ table: 'samples' }))).every((row) => 'score' in row));
    const columns = await store.columns('samples');
    assert.equal(columns.at(-1)?.doc, 'A score.');
    assert.equal((await store.columns('runs')).at(-1)?.name, 'updated_at');
    const stranger = { ...geoSample('GSM2'), ...{ score: 1 } };
    await assert.rejects(store.commit(oneUnit({ samples: [stranger] })), { failure: 'integrity' });
    await store.close();
  },
  'a patch that does not name a column keeps its value, null takes it away, staged or not': async ({ open }) => {
    const store = await open(lab({ samples: [{ name: 'score', type: 'decimal', doc: 'A score.' }] }));
    await store.commit(oneUnit({ samples: [labSample('LAB1', { score: '1.50' })] }));
    const titled = await store.commit(oneUnit({ samples: [labSample('LAB1', { title: 'other' })] }, { at: LATER }));
    assert.deepEqual(titled.changedColumns.get('LAB1'), ['title']);
    assert.equal((await only(store, 'samples', 'LAB1')).score, '1.50');
    await store.transaction(async (transaction) => {
      await transaction.commit(oneUnit({ samples: [labSample('LAB1', { score: '2' })] }));
      assert.equal((await only(transaction, 'samples', 'LAB1')).score, '2.00');
    });
    assert.equal((await only(store, 'samples', 'LAB1')).score, '2.00');
    await store.commit(oneUnit({ samples: [labSample('LAB1', { score: null })] }));
    assert.equal((await only(store, 'samples', 'LAB1')).score, null);
    await store.close();
  },
  '001-30 conditions on columns of plug-ins, of every type that has an order': async ({ open }) => {
    const store = await open(EVERY_TYPE);
    const low = { a_float: 0.5, a_decimal: '9.50', a_date: '2025-12-31', a_time: '09:30:00', a_integer: 9 };
    const high = { a_float: 10.25, a_decimal: '10', a_date: '2026-01-01', a_time: '10:00:00.5', a_integer: 10 };
    const uuid = '0b97bc32-0773-4e0e-bae9-fd526d362c68';
    await store.commit(
      oneUnit({ samples: [geoSample('GSM1'), labSample('LAB1', low), labSample('LAB2', { ...high, a_uuid: uuid })] }),
    );
    for (const [column, value] of [
      ['a_float', '2'],
      ['a_decimal', '9.75'],
      ['a_date', '2026-01-01'],
      ['a_time', '09:45'],
      ['a_integer', '10'],
    ] as const) {
      assert.deepEqual(await where(store, column, '<', value), ['LAB1'], column);
      assert.deepEqual(await where(store, column, '>=', value), ['LAB2'], column);
    }
    assert.deepEqual(await where(store, 'a_decimal', '=', '9.5'), ['LAB1']);
    assert.deepEqual(await where(store, 'a_uuid', '=', uuid.toUpperCase()), ['LAB2']);
    assert.deepEqual(await where(store, 'a_date', 'like', '2025-%'), ['LAB1']);
    for (const column of ['a_float', 'a_decimal', 'a_date', 'a_time']) {
      await assert.rejects(where(store, column, '=', 'many'), { failure: 'query' });
    }
    await store.close();
  },
  'a record that changes its source keeps what a plug-in said of it': async ({ open }) => {
    const store = await open(lab({ samples: [{ name: 'score', type: 'integer', doc: 'A score.' }] }));
    await store.commit(oneUnit({ samples: [labSample('GSM1', { score: 7 })] }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1', { title: 'at GEO now' })] }));
    const row = await only(store, 'samples', 'GSM1');
    assert.deepEqual([row.source, row.title, row.score], ['GEO', 'at GEO now', 7]);
    await store.close();
  },
};
