import type { RecordChange, Removal, TableCounts, Written } from '../../ports/store.ts';
import type { AnnotationRow } from '../../records/annotation.ts';
import type { CompleteSet } from '../../records/record-unit.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { type CollectedChange, PATCHED_TABLES, type PatchedTable } from './collect-change.ts';
import { annotationId, type Draft, draftRow, draftRows, putRow, removeRow, rowId } from './draft.ts';
import type { LoadedDraft } from './load-draft.ts';
import { mergeRows, uniteKeys } from './merge-rows.ts';
import { planJob } from './plan-job.ts';
import { applyRename } from './rekey.ts';
import { tableEdits, writtenRows } from './table-edits.ts';

/** What a commit reports about its records, sequence aside. */
export interface PlannedReport {
  readonly tables: Readonly<Record<TableName, TableCounts>>;
  readonly changes: ReadonlyMap<string, RecordChange>;
  readonly changedColumns: ReadonlyMap<string, readonly string[]>;
  readonly written: Written;
  readonly job: string | null;
}

/** Counts records that a change brought and that are stored like that. */
interface Tally {
  readonly changes: Map<string, RecordChange>;
  readonly changedColumns: Map<string, readonly string[]>;
  readonly unchanged: Map<TableName, number>;
}

function countUnchanged(tally: Tally, table: TableName): void {
  tally.unchanged.set(table, (tally.unchanged.get(table) ?? 0) + 1);
}

function applyPatch(draft: Draft, tally: Tally, table: PatchedTable, patch: Row, change: CollectedChange): void {
  const key = String(patch.key);
  const stored = draftRow(draft, table, key);
  const whole = table === 'samples' ? withStoredChildren(stored, patch, change) : patch;
  const merged = mergeRows(TABLES[table], stored, whole, change);
  const isChanged = merged.changed.length > 0;
  if (isChanged) putRow(draft, table, merged.row);
  else countUnchanged(tally, table);
  if (table === 'files') return;
  tally.changes.set(key, stored === null ? 'added' : isChanged ? 'updated' : 'unchanged');
  if (stored !== null && isChanged) tally.changedColumns.set(key, merged.changed);
}

/**
 * The patch of a sample whose runs the change does not hold completely: its list of runs is united with the stored one, which
 * may name runs of another study.
 */
function withStoredChildren(stored: Row | null, patch: Row, change: CollectedChange): Row {
  const known = stored?.children;
  if (typeof known !== 'string' || patch.children === undefined) return patch;
  if (change.complete.some((set) => set.table === 'runs' && set.parent === patch.key)) return patch;
  return { ...patch, children: typeof patch.children === 'string' ? uniteKeys(known, patch.children) : known };
}

function removeFilesAndLinks(draft: Draft, key: string): void {
  for (const file of draftRows(draft, 'files', (row) => row.parent === key)) {
    removeRow(draft, 'files', String(file.key));
  }
  removeLinks(draft, key);
}

function removeLinks(draft: Draft, key: string): void {
  for (const [id, entry] of draft.tables.links) if (entry.after?.key === key) removeRow(draft, 'links', id);
}

function applyRemoval(draft: Draft, { table, key, name }: Removal): void {
  if (table === 'links') removeLinks(draft, key);
  else if (table === 'annotations') {
    const isMeant = (row: Row): boolean => row.key === key && (name === undefined || row.name === name);
    for (const row of draftRows(draft, table, isMeant)) removeRow(draft, table, annotationId(key, String(row.name)));
  } else if (table === 'job_files') {
    for (const row of draftRows(draft, table, (one) => one.job === key)) removeRow(draft, table, rowId(table, row));
  } else removeRow(draft, table, key);
}

/** A note that says what is stored already changes nothing. */
function applyAnnotation(draft: Draft, tally: Tally, note: AnnotationRow, at: string): void {
  const stored = draftRow(draft, 'annotations', annotationId(note.key, note.name));
  if (stored?.value === note.value) countUnchanged(tally, 'annotations');
  else putRow(draft, 'annotations', { ...note, created_at: stored?.created_at ?? at, updated_at: at });
}

/** Removes stored rows of parents whose rows the change holds completely. */
function applyComplete(draft: Draft, sets: readonly CompleteSet[], change: CollectedChange): void {
  const runParents = new Set<string>();
  const fileSets = new Set<string>();
  for (const set of sets) {
    if (set.table === 'runs') runParents.add(set.parent);
    else fileSets.add(`${set.parent}/${set.origin}/`);
  }
  const isGone = (table: 'runs' | 'files', row: Row): boolean => !change.patches[table].has(String(row.key));
  if (runParents.size > 0) {
    const gone = (run: Row): boolean => runParents.has(String(run.parent)) && isGone('runs', run);
    for (const run of draftRows(draft, 'runs', gone)) {
      removeRow(draft, 'runs', String(run.key));
      removeFilesAndLinks(draft, String(run.key));
    }
  }
  if (fileSets.size === 0) return;
  const gone = (file: Row): boolean =>
    fileSets.has(`${String(file.parent)}/${String(file.origin)}/`) && isGone('files', file);
  for (const file of draftRows(draft, 'files', gone)) removeRow(draft, 'files', String(file.key));
}

function countTable(draft: Draft, tally: Tally, table: TableName): TableCounts {
  let added = 0;
  let updated = 0;
  let removed = 0;
  for (const { before, after } of draft.tables[table].values()) {
    if (before === after) continue;
    if (before === null) added += 1;
    else if (after === null) removed += 1;
    else updated += 1;
  }
  return { added, updated, unchanged: tally.unchanged.get(table) ?? 0, removed };
}

/**
 * Applies a change to the rows that were loaded for it: pure, the draft holds the edits afterwards. `lastJob`: the last
 * number that a job was given.
 */
export function planCommit(loaded: LoadedDraft, change: CollectedChange, lastJob: number): PlannedReport {
  const { draft, renames } = loaded;
  const tally: Tally = { changes: new Map(), changedColumns: new Map(), unchanged: new Map() };
  for (const rename of renames) applyRename(draft, rename, change.at);
  for (const removal of change.remove) applyRemoval(draft, removal);
  applyComplete(draft, change.complete, change);
  for (const table of PATCHED_TABLES) {
    for (const patch of change.patches[table].values()) applyPatch(draft, tally, table, patch, change);
  }
  for (const { to } of renames) if (tally.changes.has(to)) tally.changes.set(to, 'updated');
  for (const [id, link] of change.links) {
    if (draftRow(draft, 'links', id) !== null) countUnchanged(tally, 'links');
    else putRow(draft, 'links', { key: link.key, alias: link.alias, kind: link.kind });
  }
  for (const row of change.asked) putRow(draft, 'asked', { ...row });
  for (const row of change.annotations) applyAnnotation(draft, tally, row, change.at);
  const written = writtenRows(tableEdits(draft));
  const job = planJob(draft, change.job, { lastJob, written });
  const names = Object.keys(TABLES) as TableName[];
  const tables = Object.fromEntries(names.map((name) => [name, countTable(draft, tally, name)])) as Record<
    TableName,
    TableCounts
  >;
  return { tables, changes: tally.changes, changedColumns: tally.changedColumns, written, job };
}
