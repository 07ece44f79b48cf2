import assert from 'node:assert/strict';
import type { JobChange, JobWrite } from '../../ports/store.ts';
import { AT, geoSample, oneUnit } from './store-records.ts';
import type { StoreTests } from './store-tests.ts';

/** A row of a job; `below` is empty for the job itself. */
function jobWrite(below: string, more: Partial<JobWrite['row']> = {}): JobWrite {
  const nothing = { requests: null, cache_hits: null, bytes: null, rows_added: null, rows_updated: null };
  return {
    below,
    row: {
      uuid: '00000000-0000-4000-8000-000000000000',
      task: below === '' ? 'add' : 'id',
      title: null,
      state: 'finished',
      outcome: null,
      key: null,
      reason: null,
      error_class: null,
      started_at: AT,
      ended_at: null,
      by: null,
      host: null,
      pid: null,
      command: null,
      options: null,
      ids: null,
      ...nothing,
      rows_removed: null,
      ...more,
    },
  };
}

function jobChange(number: string | null, more: Partial<JobChange> = {}): JobChange {
  return { number, self: '', rows: [jobWrite('')], files: [], ...more };
}

/** What a store does about jobs. */
export const STORE_JOB_TESTS: StoreTests = {
  '004-03 a job gets the next number, its parts are below it, and a number is given once': async ({ open }) => {
    const store = await open();
    const change = { units: [], asked: [], at: AT };
    const first = await store.commit({ ...change, job: jobChange(null, { rows: [jobWrite(''), jobWrite('1')] }) });
    assert.equal(first.job, '1');
    assert.equal((await store.commit({ ...change, job: jobChange('1', { rows: [jobWrite('2.1')] }) })).job, '1');
    assert.equal((await store.commit({ ...change, job: jobChange(null) })).job, '2');
    const rows = await store.get('jobs', ['1', '1.1', '1.2.1', '2']);
    const parents = rows.map(({ number, parent }) => `${String(number)} ${String(parent)}`).sort();
    assert.deepEqual(parents, ['1 null', '1.1 1', '1.2.1 1.2', '2 null']);
    await store.commit({ ...change, remove: [{ table: 'jobs', key: '2' }] });
    assert.equal((await store.commit({ ...change, job: jobChange(null) })).job, '3');
    await store.close();
  },
  '004-03 numbers of transactions at once are different, and that of one rolled back is given again': async ({
    open,
  }) => {
    const store = await open();
    const change = { units: [], asked: [], at: AT, job: jobChange(null) };
    const [one, other, gone] = [await store.begin(), await store.begin(), await store.begin()];
    await one.commit(change);
    await other.commit(change);
    await gone.commit(change);
    assert.equal((await store.commit(change)).job, '1');
    const numbers = [(await one.end()).job, (await other.end()).job];
    await gone.rollback();
    assert.deepEqual(numbers, ['2', '3']);
    assert.equal((await store.commit(change)).job, '4');
    await store.close();
  },
  '004-10 the last commit of a job counts what it and those before wrote, by table': async ({ open }) => {
    const store = await open();
    const begun = await store.commit({ ...oneUnit({ samples: [geoSample('GSM1')] }), job: jobChange(null) });
    assert.deepEqual(begun.written, { GEO_SAMPLES: { added: 1, updated: 0, removed: 0 } });
    await store.commit({
      ...oneUnit({ samples: [geoSample('GSM1', { title: 'other' }), geoSample('GSM2')] }),
      job: jobChange('1', { wrote: begun.written }),
    });
    const [job] = await store.get('jobs', ['1']);
    assert.deepEqual([job?.rows_added, job?.rows_updated, job?.rows_removed], [2n, 1n, 0n]);
    const [file] = await store.get('job_files', ['1']);
    assert.deepEqual([file?.direction, file?.path, file?.rows_added], ['output', 'DB/GEO_SAMPLES.parquet', 2n]);
    await store.close();
  },
  'a job that is only written with a change is not there without one': async ({ open }) => {
    const store = await open();
    const job = jobChange(null, { onlyWithChange: true, wrote: {} });
    const { sequence } = await store.commit({ ...oneUnit({ samples: [geoSample('GSM1')] }), job });
    const again = await store.commit({ ...oneUnit({ samples: [geoSample('GSM1')] }), job });
    assert.deepEqual([again.sequence, again.job], [sequence, null]);
    assert.equal(await store.count({ table: 'jobs' }), 1);
    await store.close();
  },
};
