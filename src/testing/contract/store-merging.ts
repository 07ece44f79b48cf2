import assert from 'node:assert/strict';
import { EMPTY_UNIT } from '../../records/record-unit.ts';
import type { SamplePatch } from '../../records/sample.ts';
import { AT, askedRow, geoSample, insdcRun, keysOf, LATER, oneUnit, only, runFile } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';

/** How patches become rows. */
export const STORE_PATCH_TESTS: StoreTests = {
  '000-44 adding again is unchanged, whatever the provenance, and keeps the sequence': async ({ open }) => {
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
  },
  'an absent column is kept, null overwrites, created_at survives, changed columns are named': async ({ open }) => {
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
  },
  'two patches of one file within a change are united, a later change replaces': async ({ open }) => {
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
  },
};

/** Complete sets and removals. */
export const STORE_SET_TESTS: StoreTests = {
  'a complete set removes stored files of that origin, and no others': async ({ open }) => {
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
  },
  'a complete set of runs removes the others with their files and links, and returns do come back': async ({
    open,
  }) => {
    const store = await open();
    const runs = [insdcRun('SRR1', 'GSM1'), insdcRun('SRR2', 'GSM1'), insdcRun('SRR3', 'GSM2')];
    const links = [{ key: 'SRR2', alias: 'SRX2', kind: 'experiment' as const }];
    const samples = [geoSample('GSM1', { children: 'SRR1,SRR2' }), geoSample('GSM2')];
    await store.commit(oneUnit({ samples, runs, files: [runFile('SRR2', 'a')], links }));
    await store.commit(oneUnit({ runs: [insdcRun('SRR1', 'GSM1')], complete: [{ table: 'runs', parent: 'GSM1' }] }));
    assert.deepEqual(await keysOf(store, { table: 'runs' }), ['SRR1', 'SRR3']);
    assert.deepEqual(await store.getByParent('files', ['SRR2']), []);
    assert.deepEqual(await store.getByParent('links', ['SRR2']), []);
    const back = await store.commit(oneUnit({ runs: [insdcRun('SRR2', 'GSM1')] }));
    assert.equal(back.changes.get('SRR2'), 'added');
    assert.deepEqual((await store.getByParent('runs', ['GSM1'])).map((row) => row.key).sort(), ['SRR1', 'SRR2']);
    await store.close();
  },
  'a complete set of runs holds for a sample that names none, and not for one that is not stored': async ({ open }) => {
    const store = await open();
    const runs = [insdcRun('SRR1', 'GSM1'), insdcRun('SRR2', 'GSM2')];
    await store.commit(oneUnit({ samples: [geoSample('GSM1')], runs }));
    const complete = [
      { table: 'runs' as const, parent: 'GSM1' },
      { table: 'runs' as const, parent: 'GSM2' },
    ];
    await store.commit(oneUnit({ complete }));
    assert.deepEqual(await keysOf(store, { table: 'runs' }), ['SRR2']);
    await store.close();
  },
  'rows are removed by key, links by the key of their record': async ({ open }) => {
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
  },
};

/** One library, one row, whatever name it was stored by. */
export const STORE_KEY_TESTS: StoreTests = {
  'a sample stored under another name gets its new key, with all that hangs on it': async ({ open }) => {
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
  },
  'a new key meets files that are there under it, and a complete set removes runs of the old key with their files':
    async ({ open }) => {
      const store = await open();
      const files = [
        runFile('GSM1', 'a.txt', { md5: 'of GSM1' }),
        runFile('SAMN1', 'a.txt', { md5: 'of SAMN1' }),
        runFile('SAMN1', 'b.txt'),
        runFile('SRR2', 'c.gz'),
      ];
      const runs = [insdcRun('SRR1', 'SAMN1'), insdcRun('SRR2', 'SAMN1')];
      const old = { key: 'SAMN1', source: 'INSDC', children: 'SRR1,SRR2' };
      await store.commit(
        oneUnit({ samples: [old], runs, files, links: [{ key: 'SRR2', alias: 'SRX2', kind: 'experiment' }] }),
      );
      await store.commit(
        oneUnit({
          samples: [geoSample('GSM1', { children: 'SRR1' })],
          runs: [insdcRun('SRR1', 'GSM1')],
          links: [{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' }],
          complete: [{ table: 'runs', parent: 'GSM1' }],
        }),
      );
      assert.deepEqual(await keysOf(store, { table: 'runs' }), ['SRR1']);
      assert.deepEqual(await keysOf(store, { table: 'files' }), ['GSM1/generated/a.txt', 'GSM1/generated/b.txt']);
      assert.equal((await only(store, 'files', 'GSM1/generated/a.txt')).md5, 'of GSM1');
      assert.equal(await store.count({ table: 'files' }), 2);
      assert.deepEqual(await keysOf(store, { table: 'links' }), ['GSM1']);
      await store.close();
    },
  'a new key that is stored already names the runs of both, so that a complete set meets them': async ({ open }) => {
    const store = await open();
    const samples = [geoSample('GSM1', { children: 'SRR2' }), { key: 'SAMN1', source: 'INSDC', children: 'SRR1' }];
    await store.commit(oneUnit({ samples, runs: [insdcRun('SRR1', 'SAMN1'), insdcRun('SRR2', 'GSM1')] }));
    const links = [{ key: 'GSM1', alias: 'SAMN1', kind: 'biosample' as const }];
    await store.commit(oneUnit({ samples: [geoSample('GSM1')], links }));
    assert.equal((await only(store, 'samples', 'GSM1')).children, 'SRR1,SRR2');
    const complete = [{ table: 'runs' as const, parent: 'GSM1' }];
    await store.commit(
      oneUnit({ samples: [geoSample('GSM1', { children: 'SRR2' })], runs: [insdcRun('SRR2', 'GSM1')], complete }),
    );
    assert.deepEqual(await keysOf(store, { table: 'runs' }), ['SRR2']);
    await store.close();
  },
  'a project stored under another name gets its new key': async ({ open }) => {
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
  },
  'samples that share a BioSample stay rows of their own': async ({ open }) => {
    const store = await open();
    const links = ['GSM1', 'GSM2'].map((key) => ({ key, alias: 'SAMN1', kind: 'biosample' as const }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], links }));
    await store.commit(oneUnit({ samples: [geoSample('GSM1'), geoSample('GSM2')], links }));
    assert.deepEqual((await store.resolve(['SAMN1'])).get('SAMN1'), ['GSM1', 'GSM2']);
    await store.close();
  },
};
