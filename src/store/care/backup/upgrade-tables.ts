import { MIGRATIONS } from '../../../migrations/migrations.ts';
import { planMigration } from '../../../migrations/plan-migration.ts';
import { FORMAT_VERSION, type Manifest } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { applySteps, createRewrites } from '../migrate/apply-steps.ts';

/**
 * Tables of an older version, whose segments are in the store, as this version has them. What `db migrate` had put aside of
 * the present tables is left there: it is no part of a backup.
 */
export async function upgradeTables(
  context: CommitContext,
  tables: Manifest['tables'],
  from: number,
): Promise<Manifest['tables']> {
  const rewrites = createRewrites(context);
  let after = tables;
  for (const { version, steps } of planMigration(from, FORMAT_VERSION)) {
    const own = steps.filter(({ step }) => step !== 'bring_back');
    after = await applySteps(
      context,
      after,
      own,
      { source: null, version: version - 1, migrations: MIGRATIONS },
      rewrites,
    );
  }
  await rewrites.discardAllBut(after);
  return after;
}
