import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../../../errors/usage-error.ts';
import { jsonText } from '../../../formats/cell.ts';
import { printable } from '../../../formats/printable.ts';
import type { JobInfo } from '../../../ports/jobs.ts';
import type { Project } from '../../../project/project.ts';
import type { JobFileRow } from '../../../records/job-file.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';
import { JOB_COLUMNS, jobColour, jobPrintRow, TREE_COLUMNS } from '../../job-row.ts';
import { outputFormat } from '../../output-format.ts';
import { printRows, printText } from '../../print-rows.ts';

/** What `celline jobs show` was asked. */
export interface ShowOptions {
  readonly number: string;
  readonly isTree: boolean;
  readonly isLog: boolean;
}

/** Failed ids that are named; the others are counted. */
const NAMED = 20;

/** Flags to options. */
export function parse({ args, flags }: CommandInput): ShowOptions {
  if (isSet(flags, 'tree') && isSet(flags, 'log')) {
    throw new UsageError('--tree and --log exclude each other.', { hint: 'Give one of them.' });
  }
  return { number: args[0] ?? '', isTree: isSet(flags, 'tree'), isLog: isSet(flags, 'log') };
}

/** Prints a job as text or as a document, every id of it as rows, or its log. */
export async function run({ number, isTree, isLog }: ShowOptions, app: App): Promise<number> {
  if (isLog) return printLog(number, app);
  const project = await app.openProject();
  const job = await project.jobs.get(number);
  if (job === null) {
    throw new UsageError(`There is no job ${number}.`, { hint: 'celline jobs lists them.', fields: { job: number } });
  }
  const isForPeople = outputFormat(app.globals, app.stdout.isTerminal) === 'table';
  if (isTree) {
    const all = [job, ...(await project.jobs.below(number))].map((one) => jobPrintRow(one, isForPeople));
    await printRows(app, { columns: JOB_COLUMNS, tableColumns: TREE_COLUMNS, colour: jobColour(app) }, [all]);
    return EXIT.ok;
  }
  const files = await project.jobs.files(number);
  if (outputFormat(app.globals, app.stdout.isTerminal) === 'json') {
    await printText(app, `${jsonText({ ...job, files }, 2)}\n`);
    return EXIT.ok;
  }
  await printText(app, `${(await describe(job, files, project)).map(printable).join('\n')}\n`);
  return EXIT.ok;
}

async function describe(job: JobInfo, files: readonly JobFileRow[], project: Project): Promise<string[]> {
  const below = await project.jobs.below(job.number);
  const failed = below.filter(({ state }) => state !== 'finished' && state !== 'running');
  const named = failed.slice(0, NAMED).map(({ number, title, state, reason }) => {
    return `  ${number} ${title ?? ''} ${state}${reason === null ? '' : `: ${reason}`}`;
  });
  if (failed.length > NAMED)
    named.push(`  … and ${failed.length - NAMED} more: celline jobs show ${job.number} --tree`);
  return [
    `job ${job.number}: ${job.task}${job.title === null ? '' : ` ${job.title}`}`,
    ...factLines(job),
    ...(files.length === 0 ? [] : ['files']),
    ...files.map((file) => `  ${file.direction} ${file.path}${fileText(file)}`),
    ...(named.length === 0 ? [] : ['not answered well', ...named]),
    ...(isWorthRerun(job, failed) ? [`next: celline jobs rerun ${job.number} --failed`] : []),
  ];
}

/** Outcomes that no archive has a part in. */
const REFUSED: ReadonlySet<string> = new Set(['invalid', 'no_handler']);

/** Only what asked for ids can be asked again, and what is no accession stays none. */
function isWorthRerun({ parent, state }: JobInfo, failed: readonly JobInfo[]): boolean {
  return (
    parent === null &&
    state !== 'running' &&
    failed.some(({ task, outcome }) => task === 'id' && !REFUSED.has(outcome ?? ''))
  );
}

function factLines(job: JobInfo): string[] {
  const facts: readonly (readonly [string, unknown])[] = [
    ['state', job.reason === null ? job.state : `${job.state}: ${job.reason}`],
    ['error', job.error_class],
    ['outcome', job.outcome],
    ['key', job.key],
    ['began', job.started_at],
    ['ended', job.ended_at],
    ['by', job.by],
    ['process', job.pid === null ? null : `${job.pid} on ${job.host}`],
    ['command', job.command],
    ['options', job.options === null ? null : jsonText(job.options)],
    ['ids', job.done === null ? job.ids : `${job.done} of ${job.ids} answered`],
    ['requests', job.requests],
    ['from cache', job.cache_hits],
    ['bytes', job.bytes],
    ['rows', job.rows_added === null ? null : `+${job.rows_added} ~${job.rows_updated} -${job.rows_removed}`],
  ];
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [`  ${name.padEnd(11)}${value}`]));
}

function fileText({
  rows_added: added,
  rows_updated: updated,
  rows_removed: removed,
  rows,
  bytes,
  md5,
  sha256,
}: JobFileRow): string {
  if (added !== null) return ` +${added} ~${updated ?? 0} -${removed ?? 0}`;
  const sum = md5 === null ? sha256 && `sha256 ${sha256}` : `md5 ${md5}`;
  const parts = [rows === null ? null : `${rows} rows`, bytes === null ? null : `${bytes} bytes`, sum];
  const said = parts.filter((part) => part !== null && part !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** The lines of the log file that name the job, or one below it. */
async function printLog(number: string, app: App): Promise<number> {
  const { config, root } = await app.loadConfig();
  if (config.log.file === undefined) {
    throw new UsageError('No log file is kept.', {
      hint: 'celline config set log.file celline.log; from then on it is.',
    });
  }
  const path = resolve(root, config.log.file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`The log ${path} cannot be read.`, {
      hint: 'It is made by the first command that logs.',
      cause,
    });
  });
  const lines = text.split('\n').filter((line) => isOfJob(line, number));
  await printText(app, lines.map((line) => `${line}\n`).join(''));
  if (lines.length === 0) await app.say(`The log has no line of job ${number}; older ones are in its rotated files.`);
  return EXIT.ok;
}

function isOfJob(line: string, number: string): boolean {
  try {
    const { job } = JSON.parse(line) as { job?: unknown };
    return typeof job === 'string' && (job === number || job.startsWith(`${number}.`));
  } catch {
    return false;
  }
}
