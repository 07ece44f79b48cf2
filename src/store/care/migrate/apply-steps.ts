import { StoreError } from '../../../errors/store-error.ts';
import { columnsAt } from '../../../migrations/columns-at.ts';
import { isColumnStep, type Migration, type Step, type StoreStep } from '../../../migrations/migration.ts';
import type { TableName } from '../../../records/table.ts';
import { type Manifest, type Segment, segmentsOf, type TableState } from '../../manifest/manifest.ts';
import { type CommitContext, discard } from '../../parquet/commit.ts';
import { withChecksums, withoutChecksums } from './checksums.ts';
import { type Rewrite, rewriteTable } from './rewrite-table.ts';
import { bringBack, setAside } from './set-aside.ts';

/** Tables by physical name while they are migrated. */
export type Tables = Manifest['tables'];

/** Which tables a step concerns: all of a logical table, or those of one source. */
export interface StepScope {
  /** `CUSTOM`; null: every source. */
  readonly source: string | null;
  /** Version that the tables are of before. */
  readonly version: number;
  readonly migrations: readonly Migration[];
}

/** Remembers rewritten tables, so that a lost race does not rewrite what nobody changed. */
export interface Rewrites {
  /** The table as it will be, given its steps; the same one again while its segments are the same. */
  rewritten(name: string, state: TableState, rewrite: Rewrite): Promise<TableState>;
  /** Removes every rewritten segment that these tables do not name. */
  discardAllBut(tables: Tables | null): Promise<void>;
}

/** Rewrites of one migration. */
export function createRewrites(context: CommitContext): Rewrites {
  const done = new Map<string, TableState>();
  return {
    rewritten: async (name, state, rewrite) => {
      const id = JSON.stringify([name, rewrite.steps, state.extra, segmentsOf(state).map(({ file }) => file)]);
      const known = done.get(id);
      const made = known ?? (await rewriteTable(context, name, state, rewrite));
      done.set(id, made);
      return { ...state, extra: made.extra, rows: made.rows, base: made.base, deltas: made.deltas };
    },
    discardAllBut: async (tables) => {
      const kept = new Set(Object.values(tables ?? {}).flatMap((state) => segmentsOf(state).map(({ file }) => file)));
      const made = [...done.values()].flatMap((state): readonly Segment[] => state.base);
      await discard(
        context,
        made.filter(({ file }) => !kept.has(file)),
      );
    },
  };
}

/** The tables after the steps of one migration. Segments that were written are known to `rewrites`. */
export async function applySteps(
  context: CommitContext,
  tables: Tables,
  steps: readonly Step[],
  { source, version, migrations }: StepScope,
  rewrites: Rewrites,
): Promise<Tables> {
  let after = tables;
  for (const step of steps) if (!isColumnStep(step)) after = await applyStoreStep(context, after, step);
  const columnSteps = steps.filter(isColumnStep);
  const next: Record<string, TableState> = { ...after };
  for (const [name, state] of Object.entries(after)) {
    const own = columnSteps.filter(({ table }) => table === state.table);
    if (own.length === 0 || !isOfSource(name, state.table, source)) continue;
    const before = columnsAt(state.table, version, migrations);
    next[name] = await rewrites.rewritten(name, state, { before, steps: own });
  }
  return next;
}

/** True for `CUSTOM_SAMPLES` of source `CUSTOM`, and for every table without a source. */
export function isOfSource(name: string, table: TableName, source: string | null): boolean {
  return source === null || name === `${source}_${table.toUpperCase()}`;
}

async function applyStoreStep(context: CommitContext, tables: Tables, step: StoreStep): Promise<Tables> {
  switch (step.step) {
    case 'add_checksums':
      return mapTables(tables, (state) => withChecksums(context, state));
    case 'forget_checksums':
      return mapTables(tables, async (state) => withoutChecksums(state));
    case 'set_aside': {
      const name = step.table.toUpperCase();
      const { [name]: gone, ...others } = tables;
      await setAside(context, step.table, gone);
      return others;
    }
    case 'bring_back': {
      const name = step.table.toUpperCase();
      const state = tables[name] ?? (await bringBack(context, step.table));
      return state === undefined ? tables : { ...tables, [name]: state };
    }
    case 'refuse_plugin_columns':
      for (const [name, state] of Object.entries(tables)) if (state.extra.length > 0) throw hasColumns(name, state);
      return tables;
    default:
      return step satisfies never;
  }
}

async function mapTables(tables: Tables, work: (state: TableState) => Promise<TableState>): Promise<Tables> {
  const next: Record<string, TableState> = {};
  for (const [name, state] of Object.entries(tables)) next[name] = await work(state);
  return next;
}

function hasColumns(name: string, state: TableState): StoreError {
  const columns = state.extra.map((column) => column.name).join(', ');
  return new StoreError('integrity', `${name} has columns of a plug-in, which version 1 cannot hold: ${columns}.`, {
    hint: 'Nothing was changed. Restore a backup from before they came: celline db backups.',
    fields: { table: name },
  });
}
