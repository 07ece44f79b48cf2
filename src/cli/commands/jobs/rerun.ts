import { UsageError } from '../../../errors/usage-error.ts';
import type { JobInfo } from '../../../ports/jobs.ts';
import type { AddOptions } from '../../../project/project.ts';
import { answerIds } from '../../answer-ids.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet } from '../../flag-values.ts';

/** What `celline jobs rerun` was asked. */
export interface RerunOptions {
  readonly number: string;
  readonly onlyFailed: boolean;
}

/** Flags to options. */
export function parse({ args, flags }: CommandInput): RerunOptions {
  return { number: args[0] ?? '', onlyFailed: isSet(flags, 'failed') };
}

/** Asks for the ids of the job again, in their order and with its options. */
export async function run({ number, onlyFailed }: RerunOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const job = await project.jobs.get(number);
  if (job === null) throw new UsageError(`There is no job ${number}.`, { hint: 'celline jobs lists them.' });
  if (job.state === 'running') {
    throw new UsageError(`Job ${number} is running.`, { hint: `Wait for it, or: celline jobs cancel ${number}.` });
  }
  const ids = job.task === 'id' ? [job.title ?? ''] : await project.jobs.ids(number, { failed: onlyFailed });
  if (ids.length === 0) {
    // Notes and removals name ids, and ask for none.
    if (!onlyFailed || (await project.jobs.ids(number)).length === 0) throw noIds(number, job);
    await app.say(`Every id of job ${number} is answered well.`);
    return EXIT.ok;
  }
  // What failed may have failed by an answer that is stored: it is asked for anew, as refresh does.
  const force = onlyFailed ? { force: true } : {};
  const add = {
    ...optionsOf(job),
    ...force,
    job: { task: job.task === 'id' ? 'add' : job.task, title: `again: job ${number}` },
  };
  return answerIds(ids, { add, overrides: {}, isDryRun: false }, project, app);
}

function noIds(number: string, { task }: JobInfo): UsageError {
  return new UsageError(`Job ${number} (${task}) asked for no ids.`, {
    hint: 'Only what asked for ids can be run again; celline jobs show has its command line.',
  });
}

/** The options of the job, as `add` takes them. */
function optionsOf({ options }: JobInfo): AddOptions {
  const is = (name: string): boolean => options?.[name]?.[0] === 'true';
  const handler = options?.handler?.[0];
  const concurrency = Number(options?.concurrency?.[0]);
  return {
    ...(is('force') ? { force: true } : {}),
    ...(is('full') ? { full: true } : {}),
    ...(is('largeRange') ? { largeRange: true } : {}),
    ...(is('atomic') ? { atomic: true } : {}),
    ...(handler === undefined ? {} : { handler }),
    ...(concurrency > 0 ? { concurrency } : {}),
  };
}
