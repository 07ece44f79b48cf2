import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { History, RollbackReport } from '../../ports/store-care.ts';
import { fileState } from '../disk/disk.ts';
import { holdPin } from '../disk/pins.ts';
import { type Manifest, segmentsOf } from '../manifest/manifest.ts';
import { collectGarbage } from '../parquet/garbage.ts';
import { readManifest } from '../parquet/kept-manifests.ts';
import { type CareContext, followWithPlainTables } from './care-context.ts';
import { keptNumbers, readLog } from './history-log.ts';
import { numberRanges, rowsBeforeAndAfter, tablesGoingBack } from './plan-rollback.ts';
import { replaceTables } from './replace-tables.ts';

/** The past of the tables of a Parquet store. */
export function openHistory(care: CareContext): History {
  return {
    log: (options) => readLog(care, options),
    rollback: (to, options = {}) => rollback(care, to, options),
    collectGarbage: ({ dryRun = false } = {}) => collectGarbage(care.context, { now: true, dryRun }),
  };
}

type RollbackOptions = NonNullable<Parameters<History['rollback']>[1]>;

async function rollback(care: CareContext, to: number, options: RollbackOptions): Promise<RollbackReport> {
  const { context } = care;
  const newest = await context.log.newest();
  if (newest.sequence === 0) throw new UsageError('There is nothing to go back to: nothing is stored yet.');
  if (options.force !== true) refuseWhileJobsRun((await care.runningJobs?.()) ?? []);
  // Pinned before it is read: what garbage collection took before is seen as missing, and afterwards it takes nothing.
  const release = await holdPin(context, to);
  try {
    const target = await manifestToGoBackTo(care, newest, to);
    const choice = { all: options.all === true };
    if (options.dryRun === true) {
      const tables = tablesGoingBack(newest, target, choice) ?? newest.tables;
      return { to, sequence: newest.sequence, tables: rowsBeforeAndAfter(newest.tables, tables) };
    }
    return await publish(care, target, choice);
  } finally {
    await release();
  }
}

async function publish(
  care: CareContext,
  target: Manifest,
  choice: { readonly all: boolean },
): Promise<RollbackReport> {
  const { context } = care;
  let before = target;
  const made = await replaceTables(context, {
    kind: 'rollback',
    decide: async (newest) => {
      before = newest;
      return tablesGoingBack(newest, target, choice);
    },
  });
  const after = made ?? before;
  await followWithPlainTables(care);
  const tables = rowsBeforeAndAfter(before.tables, after.tables);
  return { to: target.sequence, sequence: after.sequence, tables };
}

/** Going back under a running job would mix the states: it is named, unless the user forces it. */
export function refuseWhileJobsRun(jobs: readonly string[]): void {
  if (jobs.length === 0) return;
  throw new StoreError('lock', `Tables cannot go back while ${jobs.join(', ')} is running.`, {
    hint: 'Wait for it or stop it first; --force goes back all the same, and what it commits afterwards is kept.',
    fields: { jobs: jobs.join(', ') },
  });
}

/** The manifest with all of its segments there, or an error that names those that one can go back to. */
async function manifestToGoBackTo(care: CareContext, newest: Manifest, to: number): Promise<Manifest> {
  const { layout } = care.context;
  const target = Number.isSafeInteger(to) && to >= 1 ? await readManifest(layout, to) : null;
  if (target === null) {
    const kept = numberRanges(await keptNumbers(layout, newest));
    throw new UsageError(`There is no ${to} to go back to.`, {
      hint: `Kept are ${kept} (celline db log).`,
      fields: { sequence: to },
    });
  }
  for (const segment of Object.values(target.tables).flatMap(segmentsOf)) {
    const state = await fileState(join(layout.segments, segment.file));
    if (state?.bytes === segment.bytes) continue;
    throw new StoreError('integrity', `${to} cannot be gone back to: its segment ${segment.file} is ${gone(state)}.`, {
      hint: 'Choose another number (celline db log), or restore a backup.',
      fields: { sequence: to, path: join(layout.segments, segment.file) },
    });
  }
  return target;
}

function gone(state: { bytes: number } | null): string {
  return state === null ? 'not there any more' : 'damaged';
}
