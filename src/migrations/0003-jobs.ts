import type { Migration } from './migration.ts';

/** The tables of jobs. The number that the next job gets is remembered with them, and so comes back with them. */
export const JOB_TABLES: Migration = {
  version: 3,
  name: 'jobs',
  says: 'Jobs: what was done, and what came of it.',
  up: [
    { step: 'bring_back', table: 'jobs' },
    { step: 'bring_back', table: 'job_files' },
  ],
  down: [
    { step: 'set_aside', table: 'jobs' },
    { step: 'set_aside', table: 'job_files' },
  ],
};
