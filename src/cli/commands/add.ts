import { UsageError } from '../../errors/usage-error.ts';
import type { JobInput } from '../../ports/jobs.ts';
import { type AskingOptions, answerIds, askingOptions } from '../answer-ids.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { hasNoIds, type IdSources, idSources, readIds } from '../read-ids.ts';

/** What `celline add` was asked. */
export interface AddCommandOptions extends AskingOptions {
  readonly sources: IdSources;
}

/** Flags to options. */
export function parse(input: CommandInput): AddCommandOptions {
  const sources = idSources(input);
  if (hasNoIds(sources)) {
    throw new UsageError('No ids were given.', { hint: 'celline add GSM5764259, or --from FILE, or - for stdin.' });
  }
  return { sources, ...askingOptions(input) };
}

/** Fetches the ids and prints one outcome row per id. */
export async function run(options: AddCommandOptions, app: App): Promise<number> {
  if (options.add.force === true && (await isOffline(app))) {
    throw new UsageError('--force and --offline exclude each other: one asks the archives, the other asks nobody.', {
      hint: 'Leave out --force to answer from the cache alone, or --offline (CELLINE_OFFLINE, offline) to ask again.',
    });
  }
  const inputs: JobInput[] = [];
  const ids = await readIds(options.sources, app, (file) => inputs.push(file));
  if (ids.length === 0) await app.say('The list holds no ids.');
  const project = await app.openProject(options.overrides);
  return answerIds(ids, { ...options, add: { ...options.add, job: { inputs } } }, project, app);
}

/** True for the flag, the variable and the setting alike; a recording is never asked for more than it holds. */
async function isOffline(app: App): Promise<boolean> {
  return app.globals.offline || (await app.loadConfig()).config.offline;
}
