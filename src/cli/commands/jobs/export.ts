import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { JOB_COLUMNS, jobFilter, jobPrintRow, toFilter } from '../../job-row.ts';
import { printRows } from '../../print-rows.ts';

/** What `celline jobs export` was asked. */
export interface ExportOptions {
  readonly filter: ReturnType<typeof jobFilter>;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): ExportOptions {
  return { filter: jobFilter(flags) };
}

/** Prints every job with all below it, the oldest first. */
export async function run({ filter }: ExportOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const jobs = (await project.jobs.list(toFilter(filter, app.now()))).toReversed();
  async function* rows() {
    for (const job of jobs) {
      const below = await project.jobs.below(job.number);
      const meant = below.filter(({ state }) => !filter.failed || state !== 'finished');
      yield [job, ...meant].map((one) => jobPrintRow(one));
    }
  }
  await printRows(app, { columns: JOB_COLUMNS }, rows());
  return EXIT.ok;
}
