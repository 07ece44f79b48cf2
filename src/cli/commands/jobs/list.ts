import type { JobInfo } from '../../../ports/jobs.ts';
import type { Project } from '../../../project/project.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalNumber } from '../../flag-values.ts';
import { JOB_COLUMNS, jobColour, jobFilter, jobPrintRow, LIST_COLUMNS, TREE_COLUMNS, toFilter } from '../../job-row.ts';
import { outputFormat } from '../../output-format.ts';
import { printRows } from '../../print-rows.ts';

/** What `celline jobs` was asked. */
export interface ListOptions {
  readonly filter: ReturnType<typeof jobFilter>;
  readonly isTree: boolean;
  readonly limit: number;
}

/** Jobs without `--limit`: more than a screen. */
const LIMIT = 50;

/** Flags to options. */
export function parse({ flags }: CommandInput): ListOptions {
  const { limit = LIMIT } = optionalNumber(flags, 'limit', { least: 1, isWhole: true });
  return { filter: jobFilter(flags), isTree: isSet(flags, 'tree'), limit };
}

/** Prints one row per job, the newest first, or with all below each. */
export async function run({ filter, isTree, limit }: ListOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const found = await project.jobs.list(toFilter(filter, app.now(), limit + 1));
  const jobs = found.slice(0, limit);
  const isForPeople = outputFormat(app.globals, app.stdout.isTerminal) === 'table';
  const tableColumns = isTree ? TREE_COLUMNS : LIST_COLUMNS;
  const rows = isTree ? treeRows(jobs, filter.failed, project) : [jobs];
  async function* printed() {
    for await (const some of rows) yield some.map((job) => jobPrintRow(job, isForPeople && isTree));
  }
  await printRows(app, { columns: JOB_COLUMNS, tableColumns, colour: jobColour(app) }, printed());
  if (found.length > limit) await app.say(`There are older ones: celline jobs --limit ${limit * 10}`);
  if (found.length === 0)
    await app.say(isEmptyFilter(filter) ? 'Nothing was done yet: celline add.' : 'No job is like that.');
  return EXIT.ok;
}

async function* treeRows(jobs: readonly JobInfo[], onlyFailed: boolean, project: Project): AsyncGenerator<JobInfo[]> {
  for (const job of jobs) {
    const below = await project.jobs.below(job.number);
    yield [job, ...below.filter(({ state }) => !onlyFailed || state !== 'finished')];
  }
}

function isEmptyFilter({ failed, since }: ListOptions['filter']): boolean {
  return !failed && since === null;
}
