import { ANNOTATIONS } from './annotation.ts';
import { ASKED } from './asked.ts';
import { FILES } from './file.ts';
import { JOBS } from './job.ts';
import { JOB_FILES } from './job-file.ts';
import { LINKS } from './link.ts';
import { PROJECTS } from './project.ts';
import { RUNS } from './run.ts';
import { SAMPLES } from './sample.ts';
import type { Table, TableName } from './table.ts';

/** Every table by name, in the order in which `celline schema` shows them. */
export const TABLES: Readonly<Record<TableName, Table>> = {
  samples: SAMPLES,
  runs: RUNS,
  projects: PROJECTS,
  files: FILES,
  links: LINKS,
  asked: ASKED,
  annotations: ANNOTATIONS,
  jobs: JOBS,
  job_files: JOB_FILES,
};
