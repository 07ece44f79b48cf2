import { isColumnStep, type Migration } from '../../../migrations/migration.ts';
import { MIGRATIONS } from '../../../migrations/migrations.ts';
import { type PlannedMigration, planMigration } from '../../../migrations/plan-migration.ts';
import type { ProjectMigration } from '../../../migrations/project-migration.ts';
import { sayStep } from '../../../migrations/reshape.ts';
import type { MigrationReport, Migrations } from '../../../ports/store-care.ts';
import { holdPin } from '../../disk/pins.ts';
import { FORMAT_VERSION, type Manifest, type TableState } from '../../manifest/manifest.ts';
import type { CommitContext } from '../../parquet/commit.ts';
import { type CareContext, followWithPlainTables } from '../care-context.ts';
import { replaceTables } from '../replace-tables.ts';
import { applySteps, createRewrites, type Rewrites, type Tables } from './apply-steps.ts';
import { readProjectMigrations, tablesWaiting, writeDrafts } from './project-folder.ts';
import { conflictsOf, readStatus } from './read-status.ts';

/** What migrations need besides the tables. */
export interface MigrationSettings {
  /** Copies the tables before they change; gives the name of the copy. */
  readonly backup: (reason: string) => Promise<string>;
  /** Folder of the project's own migrations; null: it has none. */
  readonly folder: string | null;
  /** Every version of the store; default those of this celline. */
  readonly migrations?: readonly Migration[];
}

/** What is to be done to some tables. */
interface Plan {
  readonly from: number;
  readonly to: number;
  readonly store: readonly PlannedMigration[];
  readonly project: readonly ProjectMigration[];
}

/** Versions of the tables of a Parquet store. */
export function openMigrations(care: CareContext, settings: MigrationSettings): Migrations {
  return {
    status: () => readStatus(care, settings.folder, settings.migrations ?? MIGRATIONS),
    migrate: (options = {}) => migrate(care, settings, options),
    draft: async () => {
      const newest = await care.context.log.newest();
      if (settings.folder === null) return [];
      return writeDrafts(settings.folder, conflictsOf(newest, care.context.pluginColumns ?? []), newest.tables);
    },
  };
}

async function migrate(
  care: CareContext,
  settings: MigrationSettings,
  options: { readonly to?: number; readonly dryRun?: boolean },
): Promise<MigrationReport> {
  const { log } = care.context;
  const newest = await log.newest();
  const plan = await planFor(newest, settings, options.to);
  const isDone = newest.sequence === 0 || (plan.store.length === 0 && plan.project.length === 0);
  const rows = isDone ? {} : rowsConcerned(newest.tables, plan);
  const report = { from: plan.from, to: plan.to, steps: isDone ? [] : stepsOf(plan), rows, backup: null };
  if (options.dryRun === true) return report;
  if (!isDone) {
    const backup = await settings.backup(`before migration to version ${plan.to}`);
    await carryOut(care, settings, plan);
    await log.setFormat(plan.to);
    await followWithPlainTables(care);
    return { ...report, backup };
  }
  // A migration that was killed after its manifest left the old number here.
  if (newest.sequence > 0) await log.setFormat(newest.format);
  return report;
}

async function planFor(newest: Manifest, settings: MigrationSettings, wanted: number | undefined): Promise<Plan> {
  const migrations = settings.migrations ?? MIGRATIONS;
  const current = migrations.at(-1)?.version ?? FORMAT_VERSION;
  const from = newest.sequence === 0 ? current : newest.format;
  const to = wanted ?? current;
  const store = planMigration(from, to, migrations);
  const all = to === current ? await readProjectMigrations(settings.folder) : [];
  return { from, to, store, project: all.filter((one) => tablesWaiting(newest.tables, one).length > 0) };
}

function stepsOf({ store, project }: Plan): MigrationReport['steps'] {
  return [
    ...store.map(({ version, direction, says }) => ({ name: String(version), direction, says })),
    ...project.map(({ name, says, steps }) => {
      const details = steps.map(sayStep).join('; ');
      return { name, direction: 'up' as const, says: `${says} (${details})` };
    }),
  ];
}

/** Rows of the tables that are rewritten. */
function rowsConcerned(tables: Tables, { store, project }: Plan): Record<string, number> {
  const rows: Record<string, number> = {};
  const changed = new Set(store.flatMap(({ steps }) => steps.filter(isColumnStep).map(({ table }) => table)));
  for (const [name, state] of Object.entries(tables)) if (changed.has(state.table)) rows[name] = state.rows;
  for (const one of project) for (const name of tablesWaiting(tables, one)) rows[name] = tables[name]?.rows ?? 0;
  return rows;
}

/** One manifest with the tables as they will be; a lost race rewrites only what others changed. */
async function carryOut(care: CareContext, settings: MigrationSettings, plan: Plan): Promise<void> {
  const { context } = care;
  const release = await holdPin(context, (await context.log.newest()).sequence);
  const rewrites = createRewrites(context);
  try {
    const made = await replaceTables(context, {
      kind: 'migration',
      format: plan.to,
      decide: async (newest) => {
        // Another process migrated meanwhile: what is still to be done is planned anew.
        const now = await planFor(newest, settings, plan.to);
        return now.store.length + now.project.length === 0
          ? null
          : migrateTables(context, settings, { tables: newest.tables, plan: now, rewrites });
      },
    });
    await rewrites.discardAllBut(made?.tables ?? null);
  } finally {
    // After an error what was written stays: the manifest may name it. It is collected as garbage if it does not.
    await release();
    await care.renew();
  }
}

/** Tables to be migrated. */
interface Work {
  readonly tables: Tables;
  readonly plan: Plan;
  readonly rewrites: Rewrites;
}

async function migrateTables(
  context: CommitContext,
  { migrations = MIGRATIONS }: MigrationSettings,
  { tables, plan, rewrites }: Work,
): Promise<Tables> {
  let after = tables;
  for (const { version, direction, steps } of plan.store) {
    const scope = { source: null, version: direction === 'up' ? version - 1 : version, migrations };
    after = await applySteps(context, after, steps, scope, rewrites);
  }
  for (const { name, source, steps } of plan.project) {
    const names = tablesWaiting(after, { name, source, steps });
    const waiting = Object.fromEntries(Object.entries(after).filter(([table]) => names.includes(table)));
    const done = await applySteps(context, waiting, steps, { source, version: plan.to, migrations }, rewrites);
    const marked = Object.entries(done).map(([table, state]): [string, TableState] => [
      table,
      { ...state, migrations: [...(state.migrations ?? []), name] },
    ]);
    after = { ...after, ...Object.fromEntries(marked) };
  }
  return after;
}
