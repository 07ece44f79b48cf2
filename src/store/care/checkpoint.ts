import { UsageError } from '../../errors/usage-error.ts';
import type { CheckpointRow } from '../../ports/store-care.ts';
import { type Manifest, segmentsOf } from '../manifest/manifest.ts';
import { compactTable } from '../parquet/compact.ts';
import { plainTableStates, publishTables } from '../parquet/publish.ts';
import type { CareContext } from './care-context.ts';

/** Merges all segments of the tables and writes their plain files, one table after the other. */
export async function* checkpoint(care: CareContext, names: readonly string[] = []): AsyncGenerator<CheckpointRow> {
  const { tables } = await care.context.log.newest();
  for (const name of chosenTables(tables, names)) yield await checkpointTable(care, name);
}

/** Physical tables that some names mean (`samples`: of every source), case-blind; all without names. */
function chosenTables(tables: Manifest['tables'], names: readonly string[]): string[] {
  const all = Object.keys(tables).sort();
  if (names.length === 0) return all;
  const chosen = new Set<string>();
  for (const name of names) {
    const wanted = name.toLowerCase();
    const meant = all.filter((one) => one.toLowerCase() === wanted || tables[one]?.table === wanted);
    if (meant.length === 0) throw unknownTable(name, all);
    for (const one of meant) chosen.add(one);
  }
  return [...chosen];
}

function unknownTable(name: string, all: readonly string[]): UsageError {
  return new UsageError(`There is no table ${name}.`, {
    hint: all.length === 0 ? 'Nothing is stored yet: celline add.' : `There are: ${all.join(', ')}.`,
    fields: { table: name },
  });
}

async function checkpointTable(care: CareContext, name: string): Promise<CheckpointRow> {
  const { context, renew, hasPlainTables } = care;
  const began = context.clock.now();
  const before = await countSegments(care, name);
  await renew();
  await compactTable(context, name, true);
  await renew();
  const only = new Set([name]);
  const late = hasPlainTables ? (await plainTableStates(context)).find((table) => table.name === name) : undefined;
  const [plain] = hasPlainTables ? await publishTables(context, renew, true, only) : [];
  const { tables } = await context.log.newest();
  return {
    name,
    rows: tables[name]?.rows ?? 0,
    segments: { before, after: await countSegments(care, name) },
    behind: late?.behind ?? null,
    path: plain?.path ?? null,
    movedAside: plain?.movedAside ?? null,
    ms: context.clock.now() - began,
  };
}

async function countSegments({ context }: CareContext, name: string): Promise<number> {
  const state = (await context.log.newest()).tables[name];
  return state === undefined ? 0 : segmentsOf(state).length;
}
