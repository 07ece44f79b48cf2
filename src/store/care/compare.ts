import type { Comparison, ComparisonOptions, Difference } from '../../ports/comparison.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { holdReadingPin } from '../disk/pins.ts';
import { EMPTY_MANIFEST, type Manifest } from '../manifest/manifest.ts';
import { unitedTable } from '../manifest/table-of.ts';
import { readManifest } from '../parquet/kept-manifests.ts';
import { sortedKeys } from '../plan/compare-keys.ts';
import { compareRows } from '../plan/compare-rows.ts';
import { changedKeys } from '../segments/changed-keys.ts';
import { filesOfParents, rowsByColumn, rowsByKey } from '../segments/segments.ts';
import type { CareContext } from './care-context.ts';
import { findState, stateIsGone } from './find-state.ts';

/** What archives say; notes and answered ids only when they are asked for. */
const OF_ARCHIVES: readonly TableName[] = ['samples', 'runs', 'projects', 'files', 'links'];

/** Keys whose rows of both states are in memory at once. */
const KEYS_AT_A_TIME = 2000;

/** Compares states of the tables of a Parquet store. */
export function openComparison(care: CareContext): Comparison {
  return {
    find: (choice) => findState(care, choice),
    diff: (from, to, options = {}) => compareStates(care, from, to, options),
    knows: (from, to, keys) => knownKeys(care, from, to, keys),
  };
}

/** The two states, held back from garbage collection. */
interface Held {
  readonly before: Manifest;
  readonly after: Manifest;
  release(): Promise<void>;
}

async function holdStates({ context }: CareContext, from: number, to: number): Promise<Held> {
  // Pinned before they are read: what garbage collection took before is seen as missing, afterwards it takes nothing.
  const pins = await Promise.all([from, to].filter((one) => one > 0).map((one) => holdReadingPin(context, one)));
  const release = async (): Promise<void> => {
    for (const unpin of pins) await unpin();
  };
  try {
    const [before, after] = await Promise.all([stateOf(context, from), stateOf(context, to)]);
    return { before, after, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Number 0 is the state before the first commit. */
async function stateOf(context: CareContext['context'], sequence: number): Promise<Manifest> {
  if (sequence === 0) return EMPTY_MANIFEST;
  const manifest = await readManifest(context.layout, sequence);
  if (manifest === null) throw await stateIsGone(context, `The state ${sequence}`);
  return manifest;
}

async function* compareStates(
  care: CareContext,
  from: number,
  to: number,
  { keys, tables = OF_ARCHIVES }: ComparisonOptions,
): AsyncGenerator<Difference> {
  const held = await holdStates(care, from, to);
  try {
    const wanted = keys === undefined ? null : await keysAndBelow(care, held, keys);
    for (const table of Object.keys(TABLES) as TableName[]) {
      if (!tables.includes(table)) continue;
      const pieces = wanted === null ? changedPieces(care, table, held) : inPieces(wanted);
      for await (const piece of pieces) {
        const [before, after] = await Promise.all(
          [held.before, held.after].map((state) => rowsOf(care, table, state, piece, wanted !== null)),
        );
        const columns = unitedTable(held.after, table).columns;
        yield* compareRows(table, columns, before ?? [], after ?? []);
      }
    }
  } finally {
    await held.release();
  }
}

function changedPieces(care: CareContext, table: TableName, { before, after }: Held): AsyncIterable<readonly string[]> {
  return changedKeys(care.context, table, before, after);
}

function* inPieces(keys: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < keys.length; start += KEYS_AT_A_TIME) yield keys.slice(start, start + KEYS_AT_A_TIME);
}

/** Rows of one state: by their keys, or, of records, all of their files. */
async function rowsOf(
  { context }: CareContext,
  table: TableName,
  state: Manifest,
  keys: readonly string[],
  areRecords: boolean,
): Promise<Row[]> {
  return table === 'files' && areRecords
    ? filesOfParents(context, state, keys)
    : rowsByKey(context, state, table, keys);
}

/** The records, with the samples of projects and the runs of samples that either state has; sorted. */
async function keysAndBelow({ context }: CareContext, held: Held, keys: readonly string[]): Promise<string[]> {
  const all = new Set(keys);
  for (const table of ['samples', 'runs'] as const) {
    for (const state of [held.before, held.after]) {
      const rows = await rowsByColumn(context, state, table, 'parent', [...all], ['key', 'parent']);
      for (const row of rows) all.add(String(row.key));
    }
  }
  return sortedKeys(all);
}

/** Those of the keys that a record of either state has. */
async function knownKeys(care: CareContext, from: number, to: number, keys: readonly string[]): Promise<Set<string>> {
  const held = await holdStates(care, from, to);
  try {
    const known = new Set<string>();
    for (const table of ['samples', 'runs', 'projects'] as const) {
      for (const state of [held.before, held.after]) {
        for (const row of await rowsByKey(care.context, state, table, keys, ['key'])) known.add(String(row.key));
      }
    }
    return known;
  } finally {
    await held.release();
  }
}
