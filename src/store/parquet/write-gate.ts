import { plainPath } from '../disk/layout.ts';
import { isOlder, refuseOlder } from '../manifest/older-version.ts';
import { findNewer, newerFile } from '../segments/newer-files.ts';
import type { CommitContext } from './commit.ts';

/** Migrates tables of an older version, with a backup before. */
export type Upgrade = (version: number) => Promise<void>;

/**
 * What every write passes first: tables of an older version are migrated (refused without an `upgrade`), and a plain table
 * that a newer celline wrote is refused before anything is written that would have to replace it.
 */
export function createWriteGate(context: CommitContext, upgrade: Upgrade | undefined): () => Promise<void> {
  let hasLooked = false;
  return async () => {
    const newest = await context.log.newest();
    if (isOlder(newest)) {
      if (upgrade === undefined) refuseOlder(newest, context.layout.tables);
      await upgrade?.(newest.format);
    }
    if (hasLooked) return;
    const [newer] = await findNewer(Object.keys(newest.tables).map((name) => plainPath(context.layout, name)));
    if (newer !== undefined) throw newerFile(newer);
    hasLooked = true;
  };
}
