import type { TableName } from '../../../records/table.ts';
import type { Manifest, Segment, TableState } from '../../manifest/manifest.ts';
import { emptied, hasSameSegments } from '../plan-rollback.ts';

/** How a backup's tables take the place of the present ones. */
export interface RestoreChoice {
  /** Tables of which the present rows stay. */
  readonly keeps: ReadonlySet<TableName>;
  /** Edits that the plain tables on the disk show at most; the restored tables get more, so that these are behind. */
  readonly shownEdits: number;
}

/** The states of a backup's tables that are restored: without those whose present rows stay. */
export function statesToRestore(backup: Manifest, keeps: ReadonlySet<TableName>): [string, TableState][] {
  return Object.entries(backup.tables).filter(([, state]) => !keeps.has(state.table));
}

/** A state with other files for its segments. */
export function withSegments(state: TableState, replaced: ReadonlyMap<string, Segment>): TableState {
  const segment = (one: Segment): Segment => replaced.get(one.file) ?? one;
  return { ...state, base: state.base.map(segment), deltas: state.deltas.map(segment) };
}

/**
 * The tables that follow `newest` when those of a backup, whose segments are in the store, take their place; null when nothing
 * differs. A table that the backup does not have becomes empty, so that its plain file follows. A column that a plug-in
 * added since stays, NULL in every row; one that changed its type since has the type of the backup again.
 */
export function restoredTables(
  newest: Manifest,
  restored: Manifest['tables'],
  { keeps, shownEdits }: RestoreChoice,
): Manifest['tables'] | null {
  const tables: Record<string, TableState> = {};
  for (const name of new Set([...Object.keys(newest.tables), ...Object.keys(restored)])) {
    const [now, past] = [newest.tables[name], restored[name]];
    if (past !== undefined) tables[name] = takePlace(now, past, newest.sequence + 1, shownEdits);
    else if (now !== undefined) tables[name] = keeps.has(now.table) ? now : emptied(now);
  }
  return Object.entries(tables).some(([name, state]) => state !== newest.tables[name]) ? tables : null;
}

function takePlace(now: TableState | undefined, past: TableState, sequence: number, shownEdits: number): TableState {
  if (now !== undefined && hasSameSegments(now, past)) return now;
  const known = new Set(past.extra.map((column) => column.name));
  const added = now?.extra.filter((column) => !known.has(column.name)) ?? [];
  // Numbers of another history mean nothing here: compaction keeps deltas in the order of their numbers.
  const deltas = past.deltas.map((segment) => ({ ...segment, from: sequence, to: sequence }));
  const edits = Math.max(past.edits, shownEdits) + 1;
  const lastJob = Math.max(now?.lastJob ?? 0, past.lastJob ?? 0);
  const numbered = lastJob === 0 ? {} : { lastJob };
  return { ...past, extra: [...past.extra, ...added], edits, ...numbered, deltas };
}
