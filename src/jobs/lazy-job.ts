import type { JobInput, JobSpec } from '../ports/jobs.ts';
import type { Store } from '../ports/store.ts';
import type { JobWorld } from './job-world.ts';
import { endJob, FINISHED, failedEnd, type OpenJob, openJob } from './open-job.ts';
import { storeOf } from './track-job.ts';

/** A job that begins with its first change. */
export interface LazyJob {
  readonly store: Store;
  /** Registers a file that it read. */
  input(file: JobInput): void;
  /** Ends it, when it began; null: nothing was thrown. */
  end(failure: unknown): Promise<void>;
}

/** A job that is none as long as nothing is changed. */
export function createLazyJob(world: JobWorld, spec: JobSpec): LazyJob {
  const inputs: JobInput[] = [];
  let opening: Promise<OpenJob> | null = null;
  const stamped = async (): Promise<Store> => {
    opening ??= openJob(world, spec);
    return storeOf(world, await opening);
  };
  return {
    store: {
      ...world.store,
      commit: async (change) => (await stamped()).commit(change),
      begin: async () => (await stamped()).begin(),
      transaction: async (work) => (await stamped()).transaction(work),
    },
    input: (file) => {
      inputs.push(file);
    },
    end: async (failure) => {
      const open = await opening?.catch(() => null);
      if (open === undefined || open === null) return;
      for (const file of inputs) open.addFile('input', file);
      const end = failure === null ? FINISHED : failedEnd(world, failure, world.signal);
      await endJob(world, open, end).catch((error: unknown) => {
        if (failure === null) throw error;
      });
    },
  };
}
