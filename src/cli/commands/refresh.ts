import { UsageError } from '../../errors/usage-error.ts';
import { type AskingOptions, answerIds, askingOptions } from '../answer-ids.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { EXIT } from '../exit-code.ts';
import { isSet } from '../flag-values.ts';
import { hasNoIds, type IdSources, idSources, readIds } from '../read-ids.ts';

/** What `celline refresh` was asked. */
export interface RefreshOptions extends AskingOptions {
  /** Null: ids that were asked before. */
  readonly sources: IdSources | null;
  /** True: all that were asked; false: those that are not answered well. */
  readonly isAll: boolean;
}

/** Flags to options. */
export function parse(input: CommandInput): RefreshOptions {
  const sources = idSources(input);
  const chosen = [!hasNoIds(sources), isSet(input.flags, 'failed'), isSet(input.flags, 'all')];
  if (chosen.filter(Boolean).length > 1) {
    throw new UsageError('Ids, --failed and --all exclude each other.', { hint: 'Give one of them.' });
  }
  const asking = askingOptions(input);
  return {
    ...asking,
    add: { ...asking.add, force: true, job: { task: 'refresh' } },
    sources: hasNoIds(sources) ? null : sources,
    isAll: isSet(input.flags, 'all'),
  };
}

/** Asks again, past freshness and cache. */
export async function run(options: RefreshOptions, app: App): Promise<number> {
  const project = await app.openProject(options.overrides);
  const ids =
    options.sources === null
      ? await project.askedIds(options.isAll ? { all: true } : { failed: true })
      : await readIds(options.sources, app);
  if (ids.length === 0) {
    await app.say(
      options.isAll ? 'Nothing was asked yet: celline add ID.' : 'Nothing to ask again: every id is answered.',
    );
    return EXIT.ok;
  }
  return answerIds(ids, options, project, app);
}
