import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Handler } from '../../src/ports/handler.ts';
import type { CellineEvent, JobEvent } from '../../src/ports/reporter.ts';
import type { Project } from '../../src/project/project.ts';
import { geoSample, oneUnit } from '../../src/testing/contract/store-records.ts';
import { answerAll, scriptedHandler } from '../dispatcher/scripted-handler.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';
import { openLab } from './open-lab.ts';

afterAll(removeFolders);

const BACKENDS = ['parquet', 'memory'] as const;

/** Answers each id with a sample; TEST404 is not there, TEST500 makes the handler throw. */
const lab = scriptedHandler({
  batchSize: 1,
  async *script([id = '']) {
    if (id === 'TEST500') throw new TypeError('title is undefined');
    if (id !== 'TEST404') return yield* answerAll([id]);
    yield { type: 'outcome', id, outcome: 'not_found', key: null, reason: 'not there' };
  },
});

async function scene(backend: (typeof BACKENDS)[number] = 'parquet', events: CellineEvent[] = []): Promise<Project> {
  const folder = await makeTestFolder();
  await writeFile(join(folder, 'celline.config.json'), JSON.stringify({ store: { backend } }));
  return openLab(folder, [lab], events);
}

async function addAll(project: Project, ids: readonly string[], options = {}): Promise<string[]> {
  const outcomes: string[] = [];
  for await (const { id, outcome } of project.add(ids, options)) outcomes.push(`${id} ${outcome}`);
  return outcomes;
}

describe.each(BACKENDS)('004-18 jobs over the %s store', (backend) => {
  test('004-09 004-14 a handler without a line about jobs leaves a full record; one that throws costs its id alone', async () => {
    const project = await scene(backend);
    await addAll(project, ['TEST1', 'TEST500', 'nonsense', 'TEST2', 'TEST404', 'TEST1']);
    const [job] = await project.jobs.list();
    expect(job).toMatchObject({
      number: '1',
      task: 'add',
      state: 'partial',
      ids: 5n,
      rows_added: 2n,
      rows_updated: 0n,
    });
    expect(job?.ended_at).not.toBeNull();
    expect(
      (await project.jobs.below('1')).map(({ number, title, state, outcome }) => [number, title, state, outcome]),
    ).toEqual([
      ['1.1', 'TEST1', 'finished', 'added'],
      ['1.2', 'TEST500', 'failed', 'internal_error'],
      ['1.3', 'nonsense', 'failed', 'invalid'],
      ['1.4', 'TEST2', 'finished', 'added'],
      ['1.5', 'TEST404', 'failed', 'not_found'],
    ]);
    expect(await project.jobs.get('1.2')).toMatchObject({
      parent: '1',
      reason: 'title is undefined',
      error_class: 'TypeError',
    });
    expect(await project.jobs.ids('1')).toEqual(['TEST1', 'TEST500', 'nonsense', 'TEST2', 'TEST404']);
    expect(await project.jobs.ids('1', { failed: true })).toEqual(['TEST500', 'nonsense', 'TEST404']);
    expect((await project.store.asked(['TEST2'])).get('TEST2')?.job).toBe('1.4');
    await project.close();
  });

  test('004-10 inputs and outputs are known without being registered', async () => {
    const project = await scene(backend);
    await addAll(project, ['TEST1', 'TEST2']);
    const files = await project.jobs.files('1');
    expect(files.map(({ direction, path, rows_added }) => [direction, path, rows_added])).toEqual([
      ['input', '(ids)', null],
      ['output', 'DB/TEST_SAMPLES.parquet', 2n],
    ]);
    expect(files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    await project.close();
  });

  test('004-02 004-04 004-05 004-13 jobs below jobs: numbers, counts, an error that is thrown on, a part that fails alone', async () => {
    const project = await scene(backend);
    const work = project.jobs.track({ task: 'screen', title: 'all plates' }, async (job) => {
      await job.track({ task: 'plate' }, async (plate) => {
        await plate.store.commit(oneUnit({ samples: [geoSample('GSM1')] }));
        await plate.track({ task: 'well' }, async () => undefined);
        plate.output({ path: 'plate.csv', sha256: 'a'.repeat(64), rows: 96 });
      });
      const failing = job.track({ task: 'plate' }, async () => {
        throw new RangeError('no such plate');
      });
      await expect(failing).rejects.toThrow('no such plate');
      await addAll(project, ['TEST1'], { within: job });
      return job.number;
    });
    expect(await work).toBe('1');
    const all = [await project.jobs.get('1'), ...(await project.jobs.below('1'))];
    expect(all.map((job) => [job?.number, job?.task, job?.state])).toEqual([
      ['1', 'screen', 'finished'],
      ['1.1', 'plate', 'finished'],
      ['1.1.1', 'well', 'finished'],
      ['1.2', 'plate', 'failed'],
      ['1.3', 'add', 'finished'],
      ['1.3.1', 'id', 'finished'],
    ]);
    expect(all[3]).toMatchObject({ reason: 'no such plate', error_class: 'RangeError' });
    expect([all[0]?.rows_added, all[1]?.rows_added, all[4]?.rows_added]).toEqual([2n, 1n, 1n]);
    expect((await project.jobs.files('1.1')).map(({ path }) => path)).toEqual(['DB/GEO_SAMPLES.parquet', 'plate.csv']);
    await expect(
      project.jobs.track({ task: 'screen' }, async () => {
        throw new Error('gone');
      }),
    ).rejects.toThrow('gone');
    expect(await project.jobs.get('2')).toMatchObject({ state: 'failed', reason: 'gone', error_class: 'Error' });
    await project.close();
  });

  test('what asks nobody and changes nothing is no job; one commit of notes is one commit with its job', async () => {
    const project = await scene(backend);
    await addAll(project, ['TEST1']);
    await addAll(project, ['TEST1']);
    await addAll(project, ['nonsense']);
    await project.remove(['unknown']);
    expect(await project.jobs.list()).toHaveLength(1);
    const note = { id: 'TEST1', name: 'batch', value: '1' };
    await project.annotate([note]);
    await project.annotate([note]);
    await project.remove(['TEST1'], { cascade: true });
    const jobs = await project.jobs.list();
    expect(jobs.map(({ number, task, state }) => [number, task, state])).toEqual([
      ['3', 'rm', 'finished'],
      ['2', 'annotate', 'finished'],
      ['1', 'add', 'finished'],
    ]);
    await project.close();
  });

  test('removing a job leaves what it wrote, and its number is not given again', async () => {
    const project = await scene(backend);
    await addAll(project, ['TEST1', 'TEST2']);
    expect(await project.jobs.remove('1')).toBe(3);
    expect(await project.jobs.list()).toEqual([]);
    expect(await project.jobs.files('1')).toEqual([]);
    expect(await project.store.count({ table: 'samples' })).toBe(2);
    await addAll(project, ['TEST3']);
    expect((await project.jobs.list()).map(({ number }) => number)).toEqual(['2']);
    await expect(project.jobs.remove('1')).rejects.toThrow('There is no job 1.');
    await project.close();
  });

  test('--atomic: kept, the job is in the same manifest; rolled back, it says what was not tried', async () => {
    const project = await scene(backend);
    await addAll(project, ['TEST1', 'TEST2'], { atomic: true });
    expect(await project.jobs.get('1')).toMatchObject({ state: 'finished', rows_added: 2n });
    await addAll(project, ['TEST3', 'TEST404'], { atomic: true });
    expect(await project.jobs.get('2')).toMatchObject({ state: 'failed', rows_added: 0n });
    expect((await project.jobs.below('2')).map(({ state, outcome }) => [state, outcome])).toEqual([
      ['interrupted', 'not_tried'],
      ['failed', 'not_found'],
    ]);
    await project.close();
  });
});

test('004-11 events: created, running, progress for each id, and the end', async () => {
  const events: CellineEvent[] = [];
  const project = await scene('memory', events);
  await addAll(project, ['TEST1', 'TEST404']);
  const own = events.filter((event): event is JobEvent => event.type === 'job');
  expect(own.filter(({ job }) => job === '1').map(({ change, done, ids }) => [change, done, ids])).toEqual([
    ['created', 0, 2],
    ['running', 0, 2],
    ['progress', 1, 2],
    ['progress', 2, 2],
    ['partial', 0, 2],
  ]);
  expect(own.filter(({ parent }) => parent === '1').map(({ job, change }) => [job, change])).toEqual(
    expect.arrayContaining([
      ['1.1', 'finished'],
      ['1.2', 'failed'],
    ]),
  );
  await project.close();
});

test('004-06 004-15 a consumer that wants no more rows stops the asking, and the job ends as interrupted', async () => {
  const slow = scriptedHandler({
    batchSize: 1,
    async *script([id = ''], signal) {
      if (id !== 'TEST1') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield* answerAll([id]);
    },
  });
  const project = await openLab(await makeTestFolder(), [slow]);
  for await (const { id } of project.add(['TEST1', 'TEST2', 'TEST3'])) {
    expect(id).toBe('TEST1');
    break;
  }
  expect(await project.jobs.get('1')).toMatchObject({
    state: 'interrupted',
    reason: 'Nobody wanted the rest of the rows.',
  });
  expect((await project.jobs.below('1'))[0]).toMatchObject({ title: 'TEST1', state: 'finished' });
  await project.close();
});

describe('004-04 004-05 what a program asks within a job', () => {
  test('belongs to that job, however deep it is', async () => {
    const project = await scene('memory');
    await project.jobs.track({ task: 'screen' }, (screen) =>
      screen.track({ task: 'plate' }, (plate) => addAll(project, ['TEST1'], { within: plate })),
    );
    expect((await project.jobs.list()).map(({ number }) => number)).toEqual(['1']);
    expect((await project.jobs.below('1')).map(({ number, task }) => [number, task])).toEqual([
      ['1.1', 'plate'],
      ['1.1.1', 'add'],
      ['1.1.1.1', 'id'],
    ]);
    await project.close();
  });

  test('is refused for a job that has ended, and for one of another project', async () => {
    const [project, other] = [await scene('memory'), await scene('memory')];
    const ended = await project.jobs.track({ task: 'screen' }, async (job) => job);
    await expect(addAll(project, ['TEST1'], { within: ended })).rejects.toThrow('Job 1 has ended');
    await expect(ended.track({ task: 'plate' }, async () => undefined)).rejects.toThrow('Job 1 has ended');
    await other.jobs.track({ task: 'screen' }, async (job) => {
      const asking = addAll(project, ['TEST1'], { within: job });
      await expect(asking).rejects.toThrow('Job 1 is not one that this project tracks.');
    });
    expect(await project.store.count({ table: 'jobs' })).toBe(1);
    await project.close();
    await other.close();
  });
});

test('004-18 jobs since an instant; what is none is refused', async () => {
  const project = await scene('memory');
  await addAll(project, ['TEST1']);
  const began = Date.parse((await project.jobs.get('1'))?.started_at ?? '');
  const counts = [began, began + 1, 0, -1e20].map(async (since) => (await project.jobs.list({ since })).length);
  expect(await Promise.all(counts)).toEqual([1, 0, 1, 1]);
  for (const since of [Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(project.jobs.list({ since })).rejects.toThrow(`since: ${since} is no instant`);
  }
  await project.close();
});

test('004-13 what a handler or a program throws is kept without the key that is in it', async () => {
  const key = 'k3y-of-the-laboratory';
  const careless = scriptedHandler({
    credential: { takes: [{ scheme: 'bearer' }] },
    batchSize: 1,
    async *script([id = '']) {
      if (id === 'TEST1') throw new Error(`401 for ${key}`);
      yield { type: 'outcome', id, outcome: 'not_found', key: null, reason: `unknown to ${key}` };
    },
  });
  const project = await openLab(await makeTestFolder(), [careless], [], { TEST_API_KEY: key });
  const rows: (string | null)[] = [];
  for await (const { reason } of project.add(['TEST1', 'TEST2'])) rows.push(reason);
  expect(rows.toSorted()).toEqual(['401 for ***', 'unknown to ***']);
  expect((await project.jobs.below('1')).map(({ reason }) => reason)).toEqual(['401 for ***', 'unknown to ***']);
  expect([...(await project.store.asked(['TEST2'])).values()]).toMatchObject([{ reason: 'unknown to ***' }]);
  const work = project.jobs.track({ task: 'screen' }, () => Promise.reject(new Error(`401 for ${key}`)));
  await expect(work).rejects.toThrow(key);
  expect(await project.jobs.get('2')).toMatchObject({ reason: '401 for ***' });
  await project.close();
});

test('004-06 an import whose reports are not read to their end is interrupted', async () => {
  const folder = await makeTestFolder();
  const project = await openLab(folder, [lab]);
  const files = ['one', 'two'].map((name) => join(folder, `${name}.csv`));
  for (const [index, file] of files.entries()) await writeFile(file, `key,title,tissue\nL${index + 1},one,brain\n`);
  for await (const { rows } of project.importTables(files, { source: 'LAB', table: 'samples' })) {
    expect(rows).toBe(1);
    break;
  }
  const [job] = await project.jobs.list();
  expect(job).toMatchObject({ task: 'import', state: 'interrupted', reason: 'Nobody wanted the rest of the rows.' });
  await project.close();
});

test('004-01 two projects number on their own', async () => {
  const [one, other] = [await scene(), await scene()];
  await addAll(one, ['TEST1']);
  await addAll(one, ['TEST2']);
  await addAll(other, ['TEST1']);
  expect([(await one.jobs.list()).length, (await other.jobs.list()).map(({ number }) => number)]).toEqual([2, ['1']]);
  await one.close();
  await other.close();
});

test('going back leaves the jobs, and is one', async () => {
  const project = await scene();
  await addAll(project, ['TEST1']);
  await addAll(project, ['TEST2']);
  const care = await project.care();
  const log = [];
  for await (const entry of care.history.log()) log.push(entry);
  const first = log.findLast(({ tables }) => Object.keys(tables).length > 0);
  expect(first?.job).toBe('1');
  await care.history.rollback(first?.sequence ?? 0);
  expect(await project.store.count({ table: 'samples' })).toBe(1);
  expect((await project.jobs.list()).map(({ task }) => task)).toEqual(['rollback', 'add', 'add']);
  await project.close();
});

test('004-02 004-06 a job is running while it works, then finished or failed, with the times of both', async () => {
  const project = await scene('memory');
  const seen = await project.jobs.track({ task: 'screen', title: 'all plates' }, async ({ number }) =>
    project.jobs.get(number),
  );
  expect(seen).toMatchObject({ number: '1', state: 'running', ended_at: null });
  const failing = project.jobs.track({ task: 'screen', title: 'all plates' }, async () => {
    throw new Error('gone');
  });
  await expect(failing).rejects.toThrow('gone');
  for (const [number, state] of [
    ['1', 'finished'],
    ['2', 'failed'],
  ] as const) {
    const job = await project.jobs.get(number);
    expect(job).toMatchObject({
      number,
      state,
      parent: null,
      task: 'screen',
      title: 'all plates',
      pid: BigInt(process.pid),
    });
    expect(job?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect([job?.host, job?.by]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    const { started_at = null, ended_at = null } = job ?? {};
    expect(Date.parse(started_at ?? '')).toBeLessThanOrEqual(Date.parse(ended_at ?? ''));
  }
  await project.close();
});

test('004-12 a handler is told the number of the job that asks', async () => {
  const numbers: (string | null | undefined)[] = [];
  const handler: Handler = {
    ...scriptedHandler(),
    fetchBatch(ids, { job }) {
      numbers.push(job?.number);
      return answerAll(ids);
    },
  };
  const project = await openLab(await makeTestFolder(), [handler]);
  await addAll(project, ['TEST1']);
  await addAll(project, ['TEST2']);
  expect(numbers).toEqual(['1', '2']);
  await project.close();
});
