import { UsageError } from '../../../errors/usage-error.ts';
import type { AnswerFilter } from '../../../ports/cache-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { isSet, optionalText } from '../../flag-values.ts';
import { printRemoval } from '../../print-removal.ts';
import { readAge, readSize } from '../../read-amount.ts';

/** What `celline cache prune` was asked. */
export interface PruneOptions {
  /** Null: nothing goes but by room. */
  readonly filter: AnswerFilter | null;
  /** Bytes that may be left; null: as many as there are. */
  readonly to: number | null;
  readonly dryRun: boolean;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): PruneOptions {
  const age = optionalText(flags, 'olderThan').olderThan;
  const to = optionalText(flags, 'to').to;
  const filter = {
    ...optionalText(flags, 'handler'),
    ...(isSet(flags, 'stale') ? { stale: true } : {}),
    ...(age === undefined ? {} : { olderThanMs: readAge(age, 'older-than') }),
  };
  const filters = Object.keys(filter).length > 0;
  if (!filters && to === undefined) {
    throw new UsageError('prune needs to know what goes.', {
      hint: 'celline cache prune --stale, --older-than 7d, --handler geo or --to 1GB; everything: celline cache clear',
    });
  }
  if (filters && to !== undefined && isSet(flags, 'dryRun')) {
    throw new UsageError('--dry-run cannot count --to together with other conditions.', {
      hint: 'Count them one after the other.',
    });
  }
  return {
    filter: filters ? filter : null,
    to: to === undefined ? null : readSize(to, 'to'),
    dryRun: isSet(flags, 'dryRun'),
  };
}

/** Removes what the conditions have, then what there is no room for, and prints what went. */
export async function run({ filter, to, dryRun }: PruneOptions, app: App): Promise<number> {
  const cache = await (await app.openProject()).cache();
  const nothing = { entries: 0, bodies: 0, bytes: 0 };
  const chosen = filter === null ? nothing : await cache.prune(filter, { dryRun });
  const crowded = to === null ? nothing : await cache.shrink(to, { dryRun });
  const removal = {
    entries: chosen.entries + crowded.entries,
    bodies: chosen.bodies + crowded.bodies,
    bytes: chosen.bytes + crowded.bytes,
  };
  await printRemoval(removal, dryRun, app);
  return EXIT.ok;
}
