import type { JobKeeper } from '../jobs/keep-jobs.ts';
import type { StoreCare } from '../ports/store-care.ts';

/**
 * The care of the tables, of which what changes records is a job: going back, restoring, repairing. Each makes a manifest of
 * its own; the job is written by a commit after it.
 */
export function careWithJobs(care: StoreCare, jobs: Pick<JobKeeper, 'record'>): StoreCare {
  const { history, backups, integrity } = care;
  return {
    ...care,
    history: {
      ...history,
      rollback: async (to, options = {}) => {
        const report = await history.rollback(to, options);
        if (options.dryRun !== true)
          await jobs.record({ task: 'rollback', title: `to ${to}`, options: { to: [String(to)] } });
        return report;
      },
    },
    backups: {
      ...backups,
      restore: async (name, options) => {
        const report = await backups.restore(name, options);
        await jobs.record({ task: 'restore', title: `of ${name}`, options: { backup: [name] } });
        return report;
      },
    },
    integrity: {
      ...integrity,
      repair: async (findings) => {
        const repaired = await integrity.repair(findings);
        if (repaired.length > 0) await jobs.record({ task: 'repair', title: `${repaired.length} findings` });
        return repaired;
      },
    },
  };
}
