import { createHash, randomUUID } from 'node:crypto';
import type { DispatchSettings } from '../../src/dispatcher/dispatch.ts';
import { createAskingJob, type EndableJob } from '../../src/jobs/asking-job.ts';
import { createLiveMemory } from '../../src/jobs/live-memory.ts';
import type { Store } from '../../src/ports/store.ts';

/** The real job of a dispatch, over its store. */
export function askingJob(settings: Omit<DispatchSettings, 'store' | 'job'>, store: Store): EndableJob {
  const { clock, reporter, signal } = settings;
  const processes = { host: 'lab', pid: 1, isAlive: () => true };
  const world = {
    store,
    clock,
    processes,
    live: createLiveMemory(clock, processes),
    reporter,
    randomId: randomUUID,
    digest: (text: string) => createHash('sha256').update(text).digest('hex'),
    counts: () => ({ requests: 0, cacheHits: 0, bytes: 0 }),
    by: 'curator@lab',
    command: 'add',
    tablesFolder: 'DB',
    mask: (text: string) => text,
    signal,
  };
  return createAskingJob(world, { task: 'add' }, { above: null, signal });
}
