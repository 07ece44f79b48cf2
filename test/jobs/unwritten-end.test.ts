import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keepJobs } from '../../src/jobs/keep-jobs.ts';
import { createLiveFiles } from '../../src/jobs/live-files.ts';
import type { Store } from '../../src/ports/store.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { makeTestFolder, removeFolders } from '../store/open-test-store.ts';

afterAll(removeFolders);

test('004-06 the end of a tracked work that cannot be written is thrown, and written down by the next job', async () => {
  const clock = createFakeClock();
  const processes = { host: 'lab', pid: 1, isAlive: () => true };
  const live = createLiveFiles({
    folder: join(await makeTestFolder(), 'jobs'),
    clock,
    processes,
    randomId: randomUUID,
  });
  const memory = createMemoryStore();
  let isFull = false;
  const store: Store = {
    ...memory,
    commit: async (change) => {
      if (isFull) throw new Error('disk full');
      return memory.commit(change);
    },
  };
  const jobs = keepJobs(
    {
      store,
      clock,
      processes,
      live,
      reporter: { emit: () => undefined },
      randomId: randomUUID,
      digest: (text) => text,
      counts: () => ({ requests: 0, cacheHits: 0, bytes: 0 }),
      by: 'curator@lab',
      command: '',
      tablesFolder: 'DB',
      mask: (text) => text,
      signal: new AbortController().signal,
    },
    () => undefined,
  );
  const work = jobs.track({ task: 'screen' }, async () => {
    isFull = true;
  });
  await expect(work).rejects.toThrow('disk full');
  // No more sign of life is given, but word of how it ended.
  expect(await live.list()).toMatchObject([{ number: '1', end: { state: 'finished' } }]);
  expect(await jobs.get('1')).toMatchObject({ state: 'finished' });
  isFull = false;
  await jobs.track({ task: 'screen' }, async () => undefined);
  expect(await memory.get('jobs', ['1'])).toMatchObject([{ state: 'finished', reason: null }]);
  expect(await live.list()).toEqual([]);
});
