import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { HeldJob, LiveJob, LiveJobs, SeenJob } from '../ports/jobs.ts';
import type { Processes } from '../ports/processes.ts';
import {
  fileState,
  listFolder,
  makeFolder,
  moveFile,
  readTextIfThere,
  removeIfThere,
  replaceText,
  TEMPORARY_PREFIX,
} from '../store/disk/disk.ts';
import { HEARTBEAT_MS } from './job-state.ts';

/** What the signs of life need of the world. */
export interface LiveFilesSettings {
  /** `DB/.store/v1/jobs`; made when the first job runs. */
  readonly folder: string;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly randomId: () => string;
}

/** Begins the name of a file whose job has no number yet. */
const UNNUMBERED = 'new-';

/** Signs of life as files: `7.json`, touched every 10 s. */
export function createLiveFiles(settings: LiveFilesSettings): LiveJobs {
  const { folder, processes } = settings;
  return {
    list: async () => {
      const seen: SeenJob[] = [];
      for (const name of await listFolder(folder)) {
        const job = await readSign(join(folder, name), name);
        if (job !== null) seen.push(job);
      }
      return seen;
    },
    hold: async (job) => {
      const { host, pid, started } = processes;
      const live: LiveJob = { ...job, number: null, host, pid, ...(started === undefined ? {} : { started }) };
      return holdSign(live, settings);
    },
    remove: (job) => removeIfThere(join(folder, fileName(job))),
  };
}

function fileName({ number, uuid }: Pick<LiveJob, 'number' | 'uuid'>): string {
  return number === null ? `${UNNUMBERED}${uuid}.json` : `${number}.json`;
}

async function readSign(path: string, name: string): Promise<SeenJob | null> {
  if (name.startsWith(TEMPORARY_PREFIX) || !name.endsWith('.json')) return null;
  const state = await fileState(path);
  const text = state === null ? null : await readTextIfThere(path);
  if (state === null || text === null) return null;
  try {
    const job = JSON.parse(text) as LiveJob | null;
    if (job === null || !Array.isArray(job.ids)) return null;
    const number = name.startsWith(UNNUMBERED) ? null : name.slice(0, -'.json'.length);
    return { ...job, number, seenAt: state.changedAt };
  } catch {
    // Not a sign of life: a file of somebody else.
    return null;
  }
}

async function holdSign(job: LiveJob, settings: LiveFilesSettings): Promise<HeldJob> {
  const { folder, randomId } = settings;
  let path = join(folder, fileName(job));
  await makeFolder(folder);
  await replaceText(path, JSON.stringify(job), randomId());
  const stop = new AbortController();
  const beating = keepBeating(() => path, settings.clock, stop.signal);
  const still = async (): Promise<void> => {
    stop.abort();
    await beating;
  };
  return {
    async numbered(number) {
      const next = join(folder, `${number}.json`);
      await moveFile(path, next);
      path = next;
    },
    async leave(end) {
      await still();
      await replaceText(path, JSON.stringify({ ...job, end }), randomId());
    },
    async release() {
      await still();
      await removeIfThere(path);
    },
  };
}

async function keepBeating(path: () => string, clock: Clock, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(HEARTBEAT_MS, stop).catch(() => undefined);
    if (stop.aborted) return;
    const now = new Date(clock.now());
    // A sign that is not there any more was taken for dead; what the job commits says that it lives.
    await utimes(path(), now, now).catch(() => undefined);
  }
}
