import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { RequestCounter } from '../jobs/count-requests.ts';
import { type JobKeeper, keepJobs } from '../jobs/keep-jobs.ts';
import { createLiveFiles } from '../jobs/live-files.ts';
import { createLiveMemory } from '../jobs/live-memory.ts';
import type { Store } from '../ports/store.ts';
import type { CareSettings } from '../store/care/open-care.ts';
import { storeLayout } from '../store/disk/layout.ts';
import type { TablesSettings } from './open-tables.ts';
import { createSystemProcesses, stopProcess } from './system-processes.ts';

/** What the jobs of a project need. */
export interface JobsPlace extends Omit<TablesSettings, 'reporter'> {
  readonly settings: CareSettings;
  readonly store: Store;
  readonly reporter: RequestCounter;
}

/** The jobs of a project: beside Parquet tables they say in files that they live. */
export function openJobs({ settings, store, reporter, clock, root, dbDir, signal, mask }: JobsPlace): JobKeeper {
  const { randomId, author, processes = createSystemProcesses() } = settings;
  const folder = storeLayout(dbDir).jobs;
  const live = store.abilities.durable
    ? createLiveFiles({ folder, clock, processes, randomId })
    : createLiveMemory(clock, processes);
  const world = {
    store,
    clock,
    processes,
    live,
    reporter,
    randomId,
    digest: (text: string) => createHash('sha256').update(text).digest('hex'),
    counts: reporter.counts,
    by: author?.by ?? '',
    command: author?.command ?? '',
    tablesFolder: relative(root, dbDir) || '.',
    signal,
    mask,
  };
  return keepJobs(world, stopProcess);
}
