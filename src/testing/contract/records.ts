import assert from 'node:assert/strict';
import type { Repositories } from '../../ports/records.ts';
import type { Store } from '../../ports/store.ts';
import { aFile, aProject, aRun, aSample } from '../factories.ts';
import type { TestFunction } from './store.ts';
import { AT, askedRow, LATER } from './store-records.ts';

/** How repositories are tested. */
export interface RecordsContract {
  /** An empty store and its repositories, whose clock is set by the test. */
  open(now: () => string): Promise<{ readonly store: Store; readonly records: Repositories }>;
}

/** Repositories over an empty store, and a clock that a test moves. */
interface Scene {
  readonly store: Store;
  readonly records: Repositories;
  at: string;
}

type RecordsTests = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

async function keys(rows: AsyncIterable<{ key: string }>): Promise<string[]> {
  const all: string[] = [];
  for await (const row of rows) all.push(row.key);
  return all;
}

/** True for an error of this meaning that names these things. */
function failure(name: string, fields: Readonly<Record<string, unknown>>) {
  return (error: unknown): boolean => {
    const found = error as { failure?: string; fields?: Record<string, unknown> };
    assert.equal(found.failure, name, String(error));
    for (const [field, value] of Object.entries(fields)) assert.equal(found.fields?.[field], value, field);
    return true;
  };
}

const WRITING: RecordsTests = {
  '001-27, 003-23 what is created is found, listed, changed and deleted': async ({ records }) => {
    const made = await records.samples.create({ key: 'GSM1', source: 'GEO', title: 'one', tissue: 'brain' });
    assert.deepEqual([made.key, made.title, made.organism], ['GSM1', 'one', null]);
    assert.deepEqual(await records.samples.get('GSM1'), made);
    assert.equal(await records.samples.get('GSM2'), null);
    const changed = await records.samples.update('GSM1', { title: 'uno', tissue: null });
    assert.deepEqual([changed.title, changed.tissue, changed.source], ['uno', null, 'GEO']);
    assert.equal(await records.samples.delete('GSM1'), true);
    assert.equal(await records.samples.delete('GSM1'), false);
    assert.equal(await records.samples.get('GSM1'), null);
  },
  '003-08 created_at stays, updated_at moves with a change and only then': async (scene) => {
    const { records } = scene;
    await records.runs.create(aRun());
    scene.at = LATER;
    const same = await records.runs.update('SRR100001', { strategy: 'RNA-Seq' });
    assert.deepEqual([same.created_at, same.updated_at], [AT, AT]);
    const changed = await records.runs.update('SRR100001', { strategy: 'ATAC-seq' });
    assert.deepEqual([changed.created_at, changed.updated_at], [AT, LATER]);
  },
  'a key that is there is not created again, one that is not there is not changed, none is renamed': async (scene) => {
    const { records } = scene;
    await records.projects.create(aProject({ title: 'first' }));
    const isThere = failure('integrity', { table: 'projects', key: 'GSE1' });
    await assert.rejects(records.projects.create(aProject({ title: 'second' })), isThere);
    assert.equal((await records.projects.get('GSE1'))?.title, 'first');
    await assert.rejects(
      records.projects.update('GSE2', { title: 'x' }),
      failure('integrity', { table: 'projects', key: 'GSE2' }),
    );
    await assert.rejects(records.projects.update('GSE1', { key: 'GSE2' }), isThere);
    assert.deepEqual(await keys(records.projects.list()), ['GSE1']);
  },
  '003-06 a wrong value is refused by table, row and column, and nothing is written': async ({ records, store }) => {
    await records.runs.create(aRun({ file_size: 5n }));
    const before = await store.count({ table: 'runs' });
    const wrong = { file_size: 'big' } as never;
    const named = failure('type_conversion', { table: 'runs', key: 'SRR100001', column: 'file_size' });
    await assert.rejects(records.runs.update('SRR100001', wrong), named);
    await assert.rejects(
      records.runs.create({ key: 'SRR100002', source: 'INSDC', file_size: 'big' as never }),
      failure('type_conversion', { table: 'runs', key: 'SRR100002', column: 'file_size' }),
    );
    await assert.rejects(
      records.runs.create({ key: 'SRR100002', source: 'INSDC', colour: 'red' } as never),
      failure('integrity', { table: 'runs', column: 'colour' }),
    );
    await assert.rejects(records.runs.create({ source: 'INSDC' } as never), failure('integrity', { column: 'key' }));
    await assert.rejects(
      records.files.create({ ...aFile(), origin: null } as never),
      failure('integrity', { table: 'files', column: 'origin' }),
    );
    await assert.rejects(
      records.samples.create({ key: 'GSM1' } as never),
      failure('integrity', { table: 'samples', column: 'source' }),
    );
    assert.equal(await store.count({ table: 'runs' }), before);
    assert.equal(await store.count({ table: 'files' }), 0);
    assert.equal((await records.runs.get('SRR100001'))?.file_size, 5n);
  },
};

const READING: RecordsTests = {
  'a list is sorted by key, filtered and cut': async ({ records }) => {
    for (const number of [3, 1, 2])
      await records.samples.create(aSample({ key: `GSM${number}`, tissue: `t${number}` }));
    assert.deepEqual(await keys(records.samples.list()), ['GSM1', 'GSM2', 'GSM3']);
    assert.deepEqual(await keys(records.samples.list({ limit: 1, offset: 1 })), ['GSM2']);
    const where = [{ column: 'tissue', operator: '>' as const, value: 't1' }];
    assert.deepEqual(await keys(records.samples.list({ where })), ['GSM2', 'GSM3']);
    assert.deepEqual(await keys(records.samples.list({ grep: 'T3' })), ['GSM3']);
    await assert.rejects(
      keys(records.samples.list({ where: [{ column: 'colour', operator: '=', value: 'red' }] })),
      failure('query', { column: 'colour' }),
    );
  },
  'typed values come back as they were given': async ({ records }) => {
    const file = aFile({ bytes: 9_007_199_254_740_993n, urls: ['https://a.example/1', 'ftp://b.example/ü'] });
    const made = await records.files.create(file);
    assert.deepEqual([made.bytes, made.urls], [file.bytes, file.urls]);
    const sample = await records.samples.create(aSample({ attributes: { tissue: ['brain', "it's 😀\n"] } }));
    assert.deepEqual(sample.attributes, { tissue: ['brain', "it's 😀\n"] });
  },
  'notes have a key and a name': async ({ records }) => {
    const id = { key: 'GSM1', name: 'batch' };
    await records.annotations.create({ ...id, value: '1' });
    await records.annotations.create({ key: 'GSM1', name: 'condition', value: 'treated' });
    await assert.rejects(
      records.annotations.create({ ...id, value: '2' }),
      failure('integrity', { table: 'annotations' }),
    );
    await assert.rejects(
      records.annotations.update({ key: 'GSM1', name: 'colour' }, { value: 'red' }),
      failure('integrity', { table: 'annotations' }),
    );
    assert.equal((await records.annotations.update(id, { value: '2' })).value, '2');
    assert.equal(await records.annotations.delete(id), true);
    assert.equal(await records.annotations.delete(id), false);
    assert.equal(await records.annotations.get(id), null);
    assert.equal((await records.annotations.get({ key: 'GSM1', name: 'condition' }))?.value, 'treated');
  },
};

const REMOVING: RecordsTests = {
  '003-09 a sample goes with its runs, files and answers, or not at all': async ({ records, store }) => {
    await records.samples.create(aSample({ children: 'SRR100001' }));
    await records.runs.create(aRun());
    await records.files.create(aFile());
    await store.commit({ units: [], asked: [askedRow('GSM1')], at: AT });
    await assert.rejects(records.samples.delete('GSM1'), { code: 'USAGE', fields: { samples: 0, runs: 1 } });
    assert.equal(await store.count({ table: 'samples' }), 1);
    assert.equal(await records.samples.delete('GSM1', { cascade: true }), true);
    for (const table of ['samples', 'runs', 'files', 'asked'] as const) assert.equal(await store.count({ table }), 0);
  },
  'a run that goes leaves the list of its sample, and the other runs stay': async ({ records }) => {
    await records.samples.create(aSample({ children: 'SRR100001,SRR100002' }));
    await records.runs.create(aRun());
    await records.runs.create(aRun({ key: 'SRR100002' }));
    await records.runs.delete('SRR100001');
    assert.equal((await records.samples.get('GSM1'))?.children, 'SRR100002');
    assert.deepEqual(await keys(records.runs.list()), ['SRR100002']);
    await records.runs.delete('SRR100002');
    assert.equal((await records.samples.get('GSM1'))?.children, null);
  },
  'a file goes alone': async ({ records }) => {
    await records.runs.create(aRun());
    const { key } = await records.files.create(aFile());
    await records.files.create(aFile({ name: 'other' }));
    assert.equal(await records.files.delete(key), true);
    assert.equal((await keys(records.files.list())).length, 1);
    assert.notEqual(await records.runs.get('SRR100001'), null);
  },
};

/** Everything that callers rely on in the repositories of a store. */
export function recordsContract(test: TestFunction, contract: RecordsContract): void {
  for (const [name, run] of Object.entries({ ...WRITING, ...READING, ...REMOVING })) {
    test(name, async () => {
      const scene = { at: AT };
      const { store, records } = await contract.open(() => scene.at);
      await run(Object.assign(scene, { store, records }));
      await store.close();
    });
  }
}
