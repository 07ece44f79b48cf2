import assert from 'node:assert/strict';
import type { Change, Selection, Store } from '../../ports/store.ts';
import type { AskedRow } from '../../records/asked.ts';
import type { FilePatch } from '../../records/file.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../records/record-unit.ts';
import type { RunPatch } from '../../records/run.ts';
import type { SamplePatch } from '../../records/sample.ts';
import type { Row } from '../../records/table.ts';

/** The runner's own `test`; the suite belongs to no runner. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** How a storage back end is tested. */
export interface StoreContract {
  /** Opens an empty store; called once per test. */
  open(): Promise<Store>;
  /** Closes a store and opens the same tables again; absent: they live as long as the store. */
  reopen?(store: Store): Promise<Store>;
}

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-02-02T00:00:00.000Z';

/** A change of one unit. */
export function oneUnit(unit: Partial<RecordUnit>, more: Partial<Change> = {}): Change {
  return { units: [{ ...EMPTY_UNIT, ...unit }], asked: [], at: AT, ...more };
}

/** An answered id. */
export function askedRow(id: string, outcome: AskedRow['outcome'] = 'added'): AskedRow {
  return { id, outcome, key: id, reason: null, plan: 'standard', job: null, answered_at: AT };
}

/** A sample of GEO. */
export function geoSample(key: string, more: Partial<SamplePatch> = {}): SamplePatch {
  return { key, source: 'GEO', title: `sample ${key}`, ...more };
}

/** A run of the INSDC. */
export function insdcRun(key: string, parent: string, more: Partial<RunPatch> = {}): RunPatch {
  return { key, source: 'INSDC', parent, ...more };
}

/** A FASTQ file of a run. */
export function runFile(run: string, name: string, more: Partial<FilePatch> = {}): FilePatch {
  return { key: `${run}/generated/${name}`, source: 'INSDC', parent: run, name, origin: 'generated', ...more };
}

async function collect(rows: AsyncIterable<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}

async function keysOf(store: Store, selection: Selection): Promise<unknown[]> {
  return (await collect(store.select(selection))).map((row) => row.key);
}

async function only(store: Store, table: 'samples' | 'runs' | 'projects' | 'files', key: string): Promise<Row> {
  const rows = await store.get(table, [key]);
  assert.equal(rows.length, 1, `${table} ${key}`);
  return rows[0] ?? {};
}

/** Everything that the rest of celline relies on in a store. */
export function storeContract(test: TestFunction, contract: StoreContract): void {
  storeRows(test, contract);
  storePatches(test, contract);
  storeSets(test, contract);
  storeKeys(test, contract);
  storeSelections(test, contract);
  storeNames(test, contract);
  if (contract.reopen !== undefined) storeDurability(test, contract, contract.reopen);
}

function storeRows(test: TestFunction, { open }: StoreContract): void {
  test('001-16 every type of value comes back as it went in, and NULL is not empty text', async () => {
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
  });

  test('an empty store answers every question', async () => {
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
  });

  test('asked ids are written with the commit, counted by outcome, and replaced', async () => {
    const store = await open();
    await store.commit({ units: [], asked: [askedRow('GSM1'), askedRow('GSM2', 'not_found')], at: AT });
    await store.commit({ units: [], asked: [askedRow('GSM2', 'unchanged')], at: AT });
    const asked = await store.asked(['GSM1', 'GSM2', 'GSM3']);
    assert.deepEqual([...asked.keys()].sort(), ['GSM1', 'GSM2']);
    assert.equal(asked.get('GSM2')?.outcome, 'unchanged');
    assert.deepEqual(Object.fromEntries(await store.outcomes()), { added: 1, unchanged: 1 });
    await store.close();
  });

  test('001-13 a record that its table cannot hold is refused and nothing of the change is written', async () => {
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
  });
}

function storePatches(test: TestFunction, { open }: StoreContract): void {
  test('000-44 adding again is unchanged, whatever the provenance, and keeps the sequence', async () => {
    const store = await open();
    const unit = { samples: [geoSample('GSM1', { response_hash: 'a', fetched_at: AT })] };
    const first = await store.commit(oneUnit(unit, { handler: 'geo' }));
    assert.equal(first.changes.get('GSM1'), 'added');
    const again = { samples: [geoSample('GSM1', { response_hash: 'b', fetched_at: LATER })] };
    const second = await store.commit(oneUnit(again, { handler: 'insdc', at: LATER }));
    assert.equal(second.changes.get('GSM1'), 'unchanged');
    assert.equal(second.sequence, first.sequence);
    assert.deepEqual(second.tables.samples, { added: 0, updated: 0, unchanged: 1, removed: 0 });
    const row = await only(store, 'samples', 'GSM1');
    assert.equal(row.handler, 'geo');
    assert.equal(row.response_hash, 'a');
    assert.equal(await store.count({ table: 'samples' }), 1);
    const answered = await store.commit(oneUnit(again, { asked: [askedRow('GSM1')], at: LATER }));
    assert.ok(answered.sequence > first.sequence);
    assert.equal((await store.asked(['GSM1'])).size, 1);
    await store.close();
  });

  test('an absent column is kept, null overwrites, created_at survives, changed columns are named', async () => {
    const store = await open();
    await store.commit(oneUnit({ samples: [geoSample('GSM1', { tissue: 'brain', organism: 'Mus musculus' })] }));
    const patch: SamplePatch = { key: 'GSM1', source: 'GEO', tissue: null, cell_type: 'neuron' };
    const report = await store.commit(oneUnit({ samples: [patch] }, { at: LATER }));
    assert.equal(report.changes.get('GSM1'), 'updated');
    assert.deepEqual([...(report.changedColumns.get('GSM1') ?? [])].sort(), ['cell_type', 'tissue']);
    const row = await only(store, 'samples', 'GSM1');
    assert.deepEqual(
      [row.tissue, row.cell_type, row.organism, row.title],
      [null, 'neuron', 'Mus musculus', 'sample GSM1'],
    );
    assert.deepEqual([row.created_at, row.updated_at], [AT, LATER]);
    await store.close();
  });

  test('two patches of one file within a change are united, a later change replaces', async () => {
    const store = await open();
    const ena = runFile('SRR1', 'a.fastq.gz', { urls: ['https://ena/a'], md5: 'm', bytes: null });
    const ncbi = runFile('SRR1', 'a.fastq.gz', { urls: ['https://ncbi/a', 'https://ena/a'], md5: null, bytes: 7n });
    await store.commit({
      units: [
        { ...EMPTY_UNIT, files: [ena] },
        { ...EMPTY_UNIT, files: [ncbi] },
      ],
      asked: [],
      at: AT,
    });
    const united = await only(store, 'files', ena.key);
    assert.deepEqual(united.urls, ['https://ena/a', 'https://ncbi/a']);
    assert.deepEqual([united.md5, united.bytes], ['m', 7n]);
    await store.commit(oneUnit({ files: [runFile('SRR1', 'a.fastq.gz', { urls: ['https://new/a'] })] }));
    const replaced = await only(store, 'files', ena.key);
    assert.deepEqual([replaced.urls, replaced.md5], [['https://new/a'], 'm']);
    await store.close();
  });
}

function storeSets(test: TestFunction, { open }: StoreContract): void {
  test('a complete set removes stored files of that origin, and no others', async () => {
    const store = await open();
    const submitted = { ...runFile('SRR1', 'a.bam'), key: 'SRR1/submitted/a.bam', origin: 'submitted' as const };
    const files = [runFile('SRR1', 'a_1.fastq.gz'), runFile('SRR1', 'a_2.fastq.gz'), submitted, runFile('SRR2', 'b')];
    await store.commit(oneUnit({ files }));
    const report = await store.commit(
      oneUnit({
        files: [runFile('SRR1', 'a_1.fastq.gz')],
        complete: [{ table: 'files', parent: 'SRR1', origin: 'generated' }],
      }),
    );
    assert.equal(report.tables.files.removed, 1);
    const left = (await store.getByParent('files', ['SRR1', 'SRR2'])).map((row) => row.key).sort();
    assert.deepEqual(left, ['SRR1/generated/a_1.fastq.gz', 'SRR1/submitted/a.bam', 'SRR2/generated/b']);
    assert.equal(await store.count({ table: 'files' }), 3);
    await store.close();
  });

  test('a complete set of runs removes the others with their files and links, and returns do come back', async () => {
    const store = await open();
    const runs = [insdcRun('SRR1', 'GSM1'), insdcRun('SRR2', 'GSM1'), insdcRun('SRR3', 'GSM2')];
    const links = [{ key: 'SRR2', alias: 'SRX2', kind: 'experiment' as const }];
    await store.commit(oneUnit({ runs, files: [runFile('SRR2', 'a')], links }));
    await store.commit(oneUnit({ runs: [insdcRun('SRR1', 'GSM1')], complete: [{ table: 'runs', parent: 'GSM1' }] }));
    assert.deepEqual(await keysOf(store, { table: 'runs' }), ['SRR1', 'SRR3']);
    assert.deepEqual(await store.getByParent('files', ['SRR2']), []);
    assert.deepEqual(await store.getByParent('links', ['SRR2']), []);
    const back = await store.commit(oneUnit({ runs: [insdcRun('SRR2', 'GSM1')] }));
    assert.equal(back.changes.get('SRR2'), 'added');
    assert.deepEqual((await store.getByParent('runs', ['GSM1'])).map((row) => row.key).sort(), ['SRR1', 'SRR2']);
    await store.close();
  });

  test('rows are removed by key, links by the key of their record', async () => {
    const store = await open();
    const links = [
      { key: 'GSM1', alias: 'SAMN1', kind: 'biosample' as const },
      { key: 'GSM1', alias: 'GSE1', kind: 'series' as const },
    ];
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], links }));
    const remove = [
      { table: 'samples' as const, key: 'GSM1' },
      { table: 'links' as const, key: 'GSM1' },
      { table: 'runs' as const, key: 'SRR404' },
    ];
    const report = await store.commit({ units: [], asked: [], remove, at: AT });
    assert.equal(report.tables.samples.removed, 1);
    assert.equal(report.tables.links.removed, 2);
    assert.equal(report.tables.runs.removed, 0);
    assert.deepEqual(await keysOf(store, { table: 'samples' }), ['GSM2']);
    assert.equal(await store.count({ table: 'links' }), 0);
    await store.close();
  });
}

function storeKeys(test: TestFunction, { open }: StoreContract): void {
  test('a sample stored under another name gets its new key, with all that hangs on it', async () => {
    const store = await open();
    const old = { key: 'SAMN1', source: 'INSDC', title: 'old', description: 'kept', parent: 'PRJNA1' };
    await store.commit(
      oneUnit(
        {
          samples: [old],
          projects: [{ key: 'PRJNA1', source: 'INSDC', children: 'SAMN0,SAMN1' }],
          runs: [insdcRun('SRR1', 'SAMN1')],
          files: [runFile('SAMN1', 'extra.txt')],
          links: [{ key: 'SAMN1', alias: 'SRS1', kind: 'sra_sample' }],
        },
        { asked: [askedRow('SAMN1')] },
      ),
    );
    const links = [{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' as const }];
    const samples = [{ key: 'GSM1', source: 'GEO', title: 'new' }];
    const report = await store.commit(oneUnit({ samples, links }, { at: LATER }));
    assert.equal(report.changes.get('GSM1'), 'updated');
    assert.deepEqual(await keysOf(store, { table: 'samples' }), ['GSM1']);
    const row = await only(store, 'samples', 'GSM1');
    assert.deepEqual([row.title, row.description, row.source, row.created_at], ['new', 'kept', 'GEO', AT]);
    assert.equal((await only(store, 'runs', 'SRR1')).parent, 'GSM1');
    assert.deepEqual(
      (await store.getByParent('files', ['GSM1', 'SAMN1'])).map(({ key }) => key),
      ['GSM1/generated/extra.txt'],
    );
    assert.deepEqual((await store.getByParent('links', ['GSM1'])).map(({ alias }) => alias).sort(), ['SAMN1', 'SRS1']);
    assert.equal((await store.asked(['SAMN1'])).get('SAMN1')?.key, 'GSM1');
    assert.equal((await only(store, 'projects', 'PRJNA1')).children, 'SAMN0,GSM1');
    assert.deepEqual((await store.resolve(['SAMN1'])).get('SAMN1'), ['GSM1']);
    await store.close();
  });

  test('a project stored under another name gets its new key', async () => {
    const store = await open();
    const samples = [{ ...geoSample('GSM1'), parent: 'PRJNA1' }];
    const runs = [insdcRun('SRR1', 'GSM1', { project: 'PRJNA1' })];
    await store.commit(oneUnit({ projects: [{ key: 'PRJNA1', source: 'INSDC' }], samples, runs }));
    const links = [{ key: 'GSE1', alias: 'PRJNA1', kind: 'bioproject' as const }];
    await store.commit(oneUnit({ projects: [{ key: 'GSE1', source: 'GEO' }], links }));
    assert.deepEqual(await keysOf(store, { table: 'projects' }), ['GSE1']);
    assert.equal((await only(store, 'samples', 'GSM1')).parent, 'GSE1');
    assert.equal((await only(store, 'runs', 'SRR1')).project, 'GSE1');
    await store.close();
  });

  test('samples that share a BioSample stay rows of their own', async () => {
    const store = await open();
    const links = ['GSM1', 'GSM2'].map((key) => ({ key, alias: 'SAMN1', kind: 'biosample' as const }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], links }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], links }));
    assert.deepEqual((await store.resolve(['SAMN1'])).get('SAMN1'), ['GSM1', 'GSM2']);
    await store.close();
  });
}

function storeSelections(test: TestFunction, { open }: StoreContract): void {
  const fill = async (): Promise<Store> => {
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
  };

  test('001-30 conditions, in any mix, on every type', async () => {
    const store = await fill();
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
  });

  test('001-07 a value is never SQL, grep takes wildcards literally', async () => {
    const store = await fill();
    const where = [{ column: 'tissue', operator: '=' as const, value: "x' OR 1=1 --" }];
    assert.equal(await store.count({ table: 'samples', where }), 0);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: '100% PURE_X' }), ['GSM1']);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: 'sample gsm1' }), ['GSM1', 'GSM10']);
    assert.deepEqual(await keysOf(store, { table: 'samples', grep: '\\' }), []);
    await store.close();
  });

  test('columns, limit and offset; rows sorted by key', async () => {
    const store = await fill();
    const rows = await collect(store.select({ table: 'samples', columns: ['tissue', 'key'], limit: 2, offset: 1 }));
    assert.deepEqual(rows, [
      { tissue: null, key: 'GSM10' },
      { tissue: 'liver', key: 'GSM2' },
    ]);
    await store.close();
  });

  test('an unknown column and a value of another type are refused with what would do', async () => {
    const store = await fill();
    const count = (column: string, value: string) =>
      store.count({ table: 'samples', where: [{ column, operator: '=', value }] });
    await assert.rejects(count('colour', 'blue'), { name: 'StoreError', failure: 'query', hint: /tissue/ });
    await assert.rejects(count('taxon_id', 'mouse'), { name: 'StoreError', failure: 'query' });
    await store.close();
  });
}

function storeNames(test: TestFunction, { open }: StoreContract): void {
  test('names are found by key and by identity links, not by relations or links of removed records', async () => {
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
  });

  test('runs and files are counted for samples and projects', async () => {
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
  });
}

function storeDurability(
  test: TestFunction,
  { open }: StoreContract,
  reopen: NonNullable<StoreContract['reopen']>,
): void {
  test('what was acknowledged is there after the store was opened again', async () => {
    const first = await open();
    await first.commit(oneUnit({ samples: [geoSample('GSM1')] }, { asked: [askedRow('GSM1')] }));
    const second = await reopen(first);
    assert.equal((await only(second, 'samples', 'GSM1')).title, 'sample GSM1');
    assert.equal((await second.asked(['GSM1'])).size, 1);
    await second.close();
  });

  test('many commits, updates and removals, compacted or not, give the same rows', async () => {
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
  });
}
