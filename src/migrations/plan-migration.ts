import { UsageError } from '../errors/usage-error.ts';
import type { Migration, Step } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';

/** One migration on the way from a version to another. */
export interface PlannedMigration {
  readonly version: number;
  readonly direction: 'up' | 'down';
  readonly says: string;
  readonly steps: readonly Step[];
}

/**
 * The migrations from one version to another, in order; none when they are the same. A version that there is not is a
 * `UsageError` that names those that there are.
 */
export function planMigration(from: number, to: number, migrations = MIGRATIONS): PlannedMigration[] {
  for (const version of [from, to]) checkVersion(version, migrations);
  if (to >= from) return migrations.filter(({ version }) => version > from && version <= to).map(upwards);
  return migrations
    .filter(({ version }) => version > to && version <= from)
    .toReversed()
    .map(downwards);
}

function upwards({ version, says, up }: Migration): PlannedMigration {
  return { version, direction: 'up', says, steps: up };
}

function downwards({ version, says, down }: Migration): PlannedMigration {
  return { version, direction: 'down', says, steps: down };
}

function checkVersion(wanted: number, migrations: readonly Migration[]): void {
  if (migrations.some(({ version }) => version === wanted)) return;
  const known = migrations.map(({ version }) => version).join(', ');
  throw new UsageError(`There is no version ${wanted} of the tables.`, {
    hint: `This celline knows: ${known}.`,
    fields: { version: wanted },
  });
}
