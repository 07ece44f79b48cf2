import type { TableName } from '../../records/table.ts';
import { type Manifest, segmentsOf, type TableState } from '../manifest/manifest.ts';

/** Tables that hold what users and commands wrote, not what archives said: going back leaves them as they are. */
export const KEEP_PRESENT_ROWS: ReadonlySet<TableName> = new Set<TableName>(['annotations', 'jobs', 'job_files']);

/** Going back leaves jobs as they are even when the notes go back too: what was done was done. */
function keepsPresentRows(table: TableName, all: boolean): boolean {
  return KEEP_PRESENT_ROWS.has(table) && !(all && table === 'annotations');
}

/** How tables go back. */
export interface RollbackChoice {
  /** The annotations too. */
  readonly all: boolean;
}

/**
 * The tables of `newest` with the rows of `target`, in the shape that they had then: a migration of the project that they
 * have not been through is pending again. Null when nothing differs. A table that `target` does not have becomes empty, so
 * that its plain file follows.
 */
export function tablesGoingBack(newest: Manifest, target: Manifest, choice: RollbackChoice): Manifest['tables'] | null {
  const tables: Record<string, TableState> = {};
  for (const name of new Set([...Object.keys(newest.tables), ...Object.keys(target.tables)])) {
    const state = stateGoingBack(newest.tables[name], target.tables[name], choice);
    if (state !== undefined) tables[name] = state;
  }
  const differ = Object.entries(tables).some(([name, state]) => state !== newest.tables[name]);
  return differ ? tables : null;
}

function stateGoingBack(
  now: TableState | undefined,
  then: TableState | undefined,
  { all }: RollbackChoice,
): TableState | undefined {
  const table = (now ?? then)?.table;
  if (table !== undefined && keepsPresentRows(table, all)) return now;
  if (now === undefined) return then;
  if (then === undefined) return emptied(now);
  return hasSameSegments(now, then) ? now : then;
}

/** A table without its rows, so that its plain file follows; the same one when it has none. */
export function emptied(state: TableState): TableState {
  return segmentsOf(state).length === 0 ? state : { ...state, rows: 0, base: [], deltas: [] };
}

/**
 * True when two states hold the same rows: the same segments, of which the project's own migrations have made the same (one
 * may rename a column without rewriting them).
 */
export function hasSameSegments(a: TableState, b: TableState): boolean {
  const facts = (state: TableState): string =>
    [...segmentsOf(state).map(({ file }) => file), ...(state.migrations ?? [])].join(' ');
  return facts(a) === facts(b);
}

/** Rows before and after, by physical table that differs. */
export function rowsBeforeAndAfter(
  before: Manifest['tables'],
  after: Manifest['tables'],
): Record<string, { before: number; after: number }> {
  const rows: Record<string, { before: number; after: number }> = {};
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [old, next] = [before[name], after[name]];
    const isSame = old === next || (old !== undefined && next !== undefined && hasSameSegments(old, next));
    if (!isSame) rows[name] = { before: old?.rows ?? 0, after: next?.rows ?? 0 };
  }
  return rows;
}

/** Numbers as a person reads them: `3, 6, 19-38`. Sorted, each once. */
export function numberRanges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: { from: number; to: number }[] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === number - 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
