import assert from 'node:assert/strict';
import type { Selection, Store } from '../../ports/store.ts';
import type { RunPatch } from '../../records/run.ts';
import type { SamplePatch } from '../../records/sample.ts';
import { AT, askedRow, collect, geoSample, insdcRun, keysOf, oneUnit, only, runFile } from './store-records.ts';
import type { DurableStoreTests, StoreTests } from './store-tests.ts';

/** Rows, values and answered ids. */
export const STORE_ROW_TESTS: StoreTests = {
  '001-16 every type of value comes back as it went in, and NULL is not empty text': async ({ open }) => {
    const store = await open();
    const attributes = { 'cell type': ['B cell', 'µ漢 "x"\n'], 'no value': [], nested: [''] };
    const sample = geoSample('GSM1', { description: '', tissue: null, attributes, taxon_id: 9606, fetched_at: AT });
    const run = insdcRun('SRR1', 'GSM1', { file_size: 9_007_199_254_740_993n, spots: 0n });
    const file = runFile('SRR1', 'a,b.fastq.gz', { urls: ["https://a/it's", 'https://b/%2C'], read_number: 1 });
    await store.commit(oneUnit({ samples: [sample], runs: [run], files: [file] }));
    const stored = await only(store, 'samples', 'GSM1');
    assert.equal(stored.description, '');
    assert.equal(stored.tissue, null);
    assert.deepEqual(stored.attributes, attributes);
    assert.equal(stored.taxon_id, 9606);
    assert.equal(stored.fetched_at, AT);
    assert.equal((await only(store, 'runs', 'SRR1')).file_size, 9_007_199_254_740_993n);
    assert.equal((await only(store, 'runs', 'SRR1')).spots, 0n);
    assert.deepEqual((await only(store, 'files', file.key)).urls, ["https://a/it's", 'https://b/%2C']);
    await store.close();
  },
  'an empty store answers every question': async ({ open }) => {
    const store = await open();
    assert.deepEqual(await store.get('samples', ['GSM1']), []);
    assert.deepEqual(await store.getByParent('files', ['SRR1']), []);
    assert.equal(await store.count({ table: 'runs' }), 0);
    assert.deepEqual(await keysOf(store, { table: 'runs' }), []);
    assert.equal((await store.asked(['GSM1'])).size, 0);
    assert.equal((await store.resolve(['GSM1'])).size, 0);
    assert.deepEqual((await store.countChildren(['GSM1'])).get('GSM1'), { runs: 0, files: 0 });
    assert.equal((await store.outcomes()).size, 0);
    await store.compact();
    await store.close();
    await store.close();
  },
  'asked ids are written with the commit, counted by outcome, and replaced': async ({ open }) => {
    const store = await open();
    await store.commit({ units: [], asked: [askedRow('GSM1'), askedRow('GSM2', 'not_found')], at: AT });
    await store.commit({ units: [], asked: [askedRow('GSM2', 'unchanged')], at: AT });
    const asked = await store.asked(['GSM1', 'GSM2', 'GSM3']);
    assert.deepEqual([...asked.keys()].sort(), ['GSM1', 'GSM2']);
    assert.equal(asked.get('GSM2')?.outcome, 'unchanged');
    assert.deepEqual(Object.fromEntries(await store.outcomes()), { added: 1, unchanged: 1 });
    await store.close();
  },
  '001-13 a record that its table cannot hold is refused and nothing of the change is written': async ({ open }) => {
    const store = await open();
    const wrong = { ...insdcRun('SRR2', 'GSM1'), file_size: 'big' } as unknown as RunPatch;
    const extra = { ...geoSample('GSM2'), colour: 'blue' } as unknown as SamplePatch;
    const foreign = { ...geoSample('GSM3'), source: '../GEO' };
    const stray = { ...runFile('SRR1', 'a'), key: 'elsewhere/a' };
    for (const unit of [{ runs: [wrong] }, { samples: [extra] }, { samples: [foreign] }, { files: [stray] }]) {
      await assert.rejects(store.commit(oneUnit({ ...unit, links: [] }, { asked: [askedRow('GSM1')] })), {
        name: 'StoreError',
      });
    }
    assert.equal((await store.asked(['GSM1'])).size, 0);
    await store.close();
  },
};

async function filledStore(open: () => Promise<Store>): Promise<Store> {
  const store = await open();
  const samples = [
    geoSample('GSM1', { tissue: 'Brain', taxon_id: 9606, attributes: { note: ['100% pure_x'] } }),
    geoSample('GSM2', { tissue: 'liver', taxon_id: 10090, attributes: { note: ['1000 pureyx'] } }),
    geoSample('GSM10', { taxon_id: 9606, fetched_at: AT }),
  ];
  const runs = [insdcRun('SRR1', 'GSM1', { spots: 10_000_000_000n }), insdcRun('SRR2', 'GSM1', { spots: 9n })];
  const projects = [{ key: 'GSE1', source: 'GEO', publications: ['12345', '67890'] }];
  await store.commit(oneUnit({ samples, runs, projects }));
  return store;
}

/** Conditions and grep. */
export const STORE_SELECTION_TESTS: StoreTests = {
  '001-30 conditions, in any mix, on every type': async ({ open }) => {
    const store = await filledStore(open);
    const samples = async (column: string, operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like', value: string) =>
      keysOf(store, { table: 'samples', where: [{ column, operator, value }] });
    assert.deepEqual(await samples('tissue', '=', 'Brain'), ['GSM1']);
    assert.deepEqual(await samples('tissue', '!=', 'Brain'), ['GSM10', 'GSM2']);
    assert.deepEqual(await samples('tissue', 'like', 'b%'), ['GSM1']);
    assert.deepEqual(await samples('taxon_id', '>', '9606'), ['GSM2']);
    assert.deepEqual(await samples('taxon_id', '<=', '9606'), ['GSM1', 'GSM10']);
    assert.deepEqual(await samples('fetched_at', '>=', '2026-01-01'), ['GSM10']);
    assert.deepEqual(await samples('key', '>', 'GSM1'), ['GSM10', 'GSM2']);
    const where = [{ column: 'spots', operator: '>' as const, value: '9' }];
    assert.deepEqual(await keysOf(store, { table: 'runs', where }), ['SRR1']);
    const cites = [{ column: 'publications', operator: '=' as const, value: '67890' }];
    assert.equal(await store.count({ table: 'projects', where: cites }), 1);
    await store.close();
  },
  'rows of some keys only, or of all others; none of none': async ({ open }) => {
    const store = await filledStore(open);
    const keys = (narrowed: Pick<Selection, 'within' | 'without' | 'where'>) =>
      keysOf(store, { table: 'samples', ...narrowed });
    assert.deepEqual(await keys({ within: ['GSM2', 'GSM1', 'GSM9'] }), ['GSM1', 'GSM2']);
    assert.deepEqual(await keys({ without: ['GSM1'] }), ['GSM10', 'GSM2']);
    assert.deepEqual(await keys({ within: ['GSM1', 'GSM2'], without: ['GSM1', "x' --"] }), ['GSM2']);
    assert.deepEqual(await keys({ within: [] }), []);
    assert.equal((await keys({ without: [] })).length, 3);
    const where = [{ column: 'tissue', operator: '=' as const, value: 'liver' }];
    assert.equal(await store.count({ table: 'samples', where, without: ['GSM1'] }), 1);
    await store.close();
  },
  'rows that say nothing in a column, and those that do': async ({ open }) => {
    const store = await filledStore(open);
    const keys = (table: 'samples' | 'runs' | 'projects', column: string, operator: 'empty' | 'filled') =>
      keysOf(store, { table, where: [{ column, operator, value: '' }] });
    assert.deepEqual(await keys('samples', 'tissue', 'empty'), ['GSM10']);
    assert.deepEqual(await keys('samples', 'tissue', 'filled'), ['GSM1', 'GSM2']);
    assert.deepEqual(await keys('samples', 'fetched_at', 'filled'), ['GSM10']);
    assert.deepEqual(await keys('samples', 'attributes', 'empty'), ['GSM10']);
    assert.deepEqual(await keys('runs', 'spots', 'empty'), []);
    assert.deepEqual(await keys('projects', 'publications', 'filled'), ['GSE1']);
    const made = oneUnit({ samples: [geoSample('GSM3', { tissue: '', attributes: {} })] });
    await store.commit(made);
    assert.deepEqual(await keys('samples', 'tissue', 'empty'), ['GSM10', 'GSM3']);
    assert.deepEqual(await keys('samples', 'attributes', 'filled'), ['GSM1', 'GSM2']);
    await store.close();
  },
  '001-07 a value is never SQL, grep takes wildcards literally': async ({ open }) => {
    const store = await filledStore(open);
    const where = [{ column: 'tissue', operator: '=' as const, value: "x' OR 1=1 --" }];
    assert.equal(await store.count({ table: 'samples', where }), 0);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: '100% PURE_X' }), ['GSM1']);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: 'sample gsm1' }), ['GSM1', 'GSM10']);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: '\\' }), []);
    await store.close();
  },
  'columns, limit and offset; rows sorted by key': async ({ open }) => {
    const store = await filledStore(open);
    const rows = await collect(store.select({ table: 'samples', columns: ['tissue', 'key'], limit: 2, offset: 1 }));
    assert.deepEqual(rows, [
      { tissue: null, key: 'GSM10' },
      { tissue: 'liver', key: 'GSM2' },
    ]);
    await store.close();
  },
  'an unknown column and a value of another type are refused with what would do': async ({ open }) => {
    const store = await filledStore(open);
    const count = (column: string, value: string) =>
      store.count({ table: 'samples', where: [{ column, operator: '=', value }] });
    await assert.rejects(count('colour', 'blue'), { name: 'StoreError', failure: 'query', hint: /tissue/ });
    await assert.rejects(count('taxon_id', 'mouse'), { name: 'StoreError', failure: 'query' });
    await store.close();
  },
};

/** Names and counts. */
export const STORE_NAME_TESTS: StoreTests = {
  'names are found by key and by identity links, not by relations or links of removed records': async ({ open }) => {
    const store = await open();
    const links = [
      { key: 'GSM1', alias: 'SRX1', kind: 'experiment' as const },
      { key: 'SRR1', alias: 'SRX1', kind: 'experiment' as const },
      { key: 'GSM1', alias: 'GSE1', kind: 'series' as const },
      { key: 'GSM404', alias: 'SRX4', kind: 'experiment' as const },
    ];
    await store.commit(oneUnit({ samples: [geoSample('GSM1')], runs: [insdcRun('SRR1', 'GSM1')], links }));
    const resolved = await store.resolve(['GSM1', 'SRX1', 'GSE1', 'SRX4']);
    assert.deepEqual(Object.fromEntries(resolved), { GSM1: ['GSM1'], SRX1: ['GSM1', 'SRR1'] });
    await store.close();
  },
  'runs and files are counted for samples and projects': async ({ open }) => {
    const store = await open();
    const samples = [geoSample('GSM1', { parent: 'GSE1' }), geoSample('GSM2', { parent: 'GSE1' })];
    const runs = [insdcRun('SRR1', 'GSM1', { project: 'GSE1' }), insdcRun('SRR2', 'GSM2')];
    const files = [runFile('SRR1', 'a'), runFile('SRR1', 'b'), runFile('GSM2', 'c'), runFile('GSE1', 'd')];
    await store.commit(oneUnit({ samples, runs, files }));
    const counts = await store.countChildren(['GSM1', 'GSM2', 'GSE1', 'GSM404']);
    assert.deepEqual(Object.fromEntries(counts), {
      GSM1: { runs: 1, files: 2 },
      GSM2: { runs: 1, files: 1 },
      GSE1: { runs: 2, files: 4 },
      GSM404: { runs: 0, files: 0 },
    });
    await store.close();
  },
};

/** Tables that outlive the store. */
export const STORE_DURABILITY_TESTS: DurableStoreTests = {
  'what was acknowledged is there after the store was opened again': async ({ open, reopen }) => {
    const first = await open();
    await first.commit(oneUnit({ samples: [geoSample('GSM1')] }, { asked: [askedRow('GSM1')] }));
    const second = await reopen(first);
    assert.equal((await only(second, 'samples', 'GSM1')).title, 'sample GSM1');
    assert.equal((await second.asked(['GSM1'])).size, 1);
    await second.close();
  },
  'many commits, updates and removals, compacted or not, give the same rows': async ({ open, reopen }) => {
    const store = await open();
    for (let round = 0; round < 40; round += 1) {
      const samples = [geoSample(`GSM${round % 15}`, { title: `round ${round}` }), geoSample(`GSM${100 + round}`)];
      const remove = round % 3 === 2 ? [{ table: 'samples' as const, key: `GSM${100 + round - 1}` }] : [];
      await store.commit(oneUnit({ samples }, { remove }));
    }
    const before = await collect(store.select({ table: 'samples' }));
    assert.equal(before.length, 15 + 40 - 13);
    assert.equal(await store.count({ table: 'samples' }), before.length);
    await store.compact();
    const again = await reopen(store);
    assert.deepEqual(await collect(again.select({ table: 'samples' })), before);
    await again.close();
  },
};
