import type { Clock } from '../ports/clock.ts';
import type { LiveJobs, SeenJob } from '../ports/jobs.ts';
import type { Processes } from '../ports/processes.ts';

/** Signs of life of jobs whose tables end with the process: nobody else can see them. */
export function createLiveMemory(clock: Clock, processes: Processes): LiveJobs {
  const jobs = new Map<string, SeenJob>();
  const { host, pid } = processes;
  return {
    list: async () => [...jobs.values()].map((job) => ({ ...job, seenAt: clock.now() })),
    hold: async (job) => {
      jobs.set(job.uuid, { ...job, number: null, host, pid, seenAt: clock.now() });
      const release = async (): Promise<void> => {
        jobs.delete(job.uuid);
      };
      return {
        numbered: async (number) => {
          const known = jobs.get(job.uuid);
          if (known !== undefined) jobs.set(job.uuid, { ...known, number });
        },
        leave: release,
        release,
      };
    },
    remove: async ({ uuid }) => {
      jobs.delete(uuid);
    },
  };
}
