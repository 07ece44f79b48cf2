import { join } from 'node:path';
import { StoreError } from '../../errors/store-error.ts';
import type { Change, CommitReport } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';
import type { Table, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { fileState, removeIfThere, syncFolder } from '../disk/disk.ts';
import type { LockContext } from '../disk/file-lock.ts';
import { endTurn, LOST_RACES, takeTurn } from '../disk/turn.ts';
import {
  type Author,
  type ExtraColumn,
  emptyTable,
  followingManifest,
  lastJobOf,
  type Manifest,
  type ManifestNote,
  type Segment,
  type TableState,
} from '../manifest/manifest.ts';
import type { ManifestLog } from '../manifest/manifest-log.ts';
import { refuseOlder } from '../manifest/older-version.ts';
import { extendedTable } from '../manifest/table-of.ts';
import { type CollectedChange, collectChange } from '../plan/collect-change.ts';
import { anyKeyWithin, compareKeys, sortedKeys } from '../plan/compare-keys.ts';
import type { Draft } from '../plan/draft.ts';
import { loadDraft } from '../plan/load-draft.ts';
import { type PlannedReport, planCommit } from '../plan/plan-commit.ts';
import { type TableEdits, tableEdits } from '../plan/table-edits.ts';
import { type SegmentContext, writeDelta } from '../segments/segments.ts';
import { columnsToWrite, uniteColumns } from './plugin-columns.ts';
import { storedRows } from './reader.ts';

/** What a commit needs. */
export interface CommitContext extends SegmentContext, LockContext {
  /** Columns that the registered handlers add; default none. */
  readonly pluginColumns?: PluginColumns;
  readonly log: ManifestLog;
  readonly author: Author;
}

/** What a commit looked at: what a concurrent one must not touch. */
export interface Footprint extends Pick<Draft, 'looked' | 'fileParents' | 'scanned'> {
  /** True: it gave the next number to a job. */
  readonly givesJob: boolean;
}

/** Edits that are written as segments, waiting for their number. */
export interface Prepared {
  readonly report: PlannedReport;
  readonly footprint: Footprint;
  readonly edits: readonly TableEdits[];
  /** By physical name. */
  readonly segments: ReadonlyMap<string, Segment>;
  /** Columns of plug-ins, by physical name. */
  readonly extra: ReadonlyMap<string, readonly ExtraColumn[]>;
  /** The number that this commit gives to a job; null: it gives none. */
  readonly newJob: number | null;
  readonly basedOn: Manifest;
}

/** Merges a change with the rows of a manifest and writes what differs as segments. After an error none is left. */
export async function prepare(context: CommitContext, change: CollectedChange, manifest: Manifest): Promise<Prepared> {
  const loaded = await loadDraft(storedRows(context, manifest), change);
  const report = planCommit(loaded, change, lastJobOf(manifest));
  const newJob = change.job?.number === null && report.job !== null ? Number(report.job) : null;
  const edits = tableEdits(loaded.draft);
  const extra = columnsToWrite(manifest, edits, context.pluginColumns ?? []);
  if (edits.length > 0) await context.log.open();
  const written = await Promise.allSettled(edits.map((edit) => writeDelta(context, edit, tableToWrite(edit, extra))));
  const segments = new Map<string, Segment>();
  for (const [index, result] of written.entries()) {
    if (result.status === 'fulfilled') segments.set(edits[index]?.name ?? '', result.value);
  }
  const failed = written.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await discard(context, segments.values());
    throw failed.reason;
  }
  if (edits.length > 0) await syncFolder(context.layout.segments);
  const { looked, fileParents, scanned } = loaded.draft;
  const footprint = { looked, fileParents, scanned, givesJob: newJob !== null };
  return { report, footprint, edits, segments, extra, newJob, basedOn: manifest };
}

function tableToWrite(edit: TableEdits, extra: Prepared['extra']): Table {
  return extendedTable(TABLES[edit.table], extra.get(edit.name) ?? []);
}

/** Removes segments that no manifest names. */
export async function discard(context: SegmentContext, segments: Iterable<Pick<Segment, 'file'>>): Promise<void> {
  for (const segment of segments) await removeIfThere(join(context.layout.segments, segment.file));
}

/** The manifest that follows `newest` with the prepared segments. */
function nextManifest(newest: Manifest, prepared: Prepared, made: Pick<Manifest, 'commit' | 'at' | 'made'>): Manifest {
  const sequence = newest.sequence + 1;
  const tables: Record<string, TableState> = { ...newest.tables };
  for (const edit of prepared.edits) {
    const state = tables[edit.name] ?? emptyTable(edit.table);
    const segment = prepared.segments.get(edit.name);
    if (segment === undefined) continue;
    tables[edit.name] = {
      ...state,
      extra: uniteColumns(state.extra, prepared.extra.get(edit.name) ?? []),
      rows: state.rows + edit.growth,
      edits: state.edits + segment.rows,
      ...lastJobAfter(edit, prepared),
      deltas: [...state.deltas, { ...segment, from: sequence, to: sequence }],
    };
  }
  return followingManifest(newest, { ...made, tables });
}

/** The number that a commit gives to a job, as the table of jobs remembers it. */
export function lastJobAfter(edit: TableEdits, { newJob }: Prepared): Pick<TableState, 'lastJob'> {
  return edit.table === 'jobs' && newJob !== null ? { lastJob: newJob } : {};
}

/** What the history says of a commit. */
function noteOf({ report }: Prepared, author: Author): ManifestNote {
  return { ...author, kind: 'commit', job: report.job, tables: report.written };
}

/** Deltas of one table that are in the newer manifest only. */
function newDeltas(older: Manifest, newer: Manifest, table: TableName): Segment[] {
  const found: Segment[] = [];
  for (const [name, state] of Object.entries(newer.tables)) {
    if (state.table !== table) continue;
    found.push(...state.deltas.filter((segment) => segment.to > older.sequence));
    // A base that was rewritten meanwhile may have taken in commits that this one did not see.
    const known = new Set(older.tables[name]?.base.map((segment) => segment.file));
    found.push(...state.base.filter((segment) => !known.has(segment.file)));
  }
  return found;
}

/** True when what others committed meanwhile may concern a row that was looked at. */
export function concerns(footprint: Footprint, older: Manifest, newer: Manifest): boolean {
  if (older.epoch !== newer.epoch) return true;
  if (footprint.givesJob && lastJobOf(older) !== lastJobOf(newer)) return true;
  for (const table of Object.keys(footprint.looked) as TableName[]) {
    const segments = newDeltas(older, newer, table);
    if (segments.length === 0) continue;
    if (footprint.scanned.has(table)) return true;
    const keys = sortedKeys(footprint.looked[table]);
    if (segments.some((segment) => anyKeyWithin(keys, segment.first, segment.last))) return true;
    if (table === 'files' && segments.some((segment) => touchesParents(segment, footprint.fileParents))) return true;
  }
  return false;
}

function touchesParents(segment: Segment, parents: ReadonlySet<string>): boolean {
  for (const parent of parents) {
    if (compareKeys(`${parent}/`, segment.last) <= 0 && compareKeys(`${parent}0`, segment.first) > 0) return true;
  }
  return false;
}

/** A writer that slept for an hour may find its segments collected as garbage. */
export async function areThere(context: SegmentContext, segments: Iterable<Pick<Segment, 'file'>>): Promise<boolean> {
  for (const { file } of segments) {
    if ((await fileState(join(context.layout.segments, file))) === null) return false;
  }
  return true;
}

function reportOf(prepared: Prepared, sequence: number): CommitReport {
  return { sequence, ...prepared.report };
}

/** Attempts after which a writer says that it cannot get through; each lost race is one commit of another writer. */
export const MAX_ATTEMPTS = 200;

/**
 * Commits a change: merges it with the stored rows, writes a segment per touched table, and gives the manifest that names
 * them the next number. A lost race is tried again, merged anew only when the other commit may concern the same rows.
 */
export async function commitChange(context: CommitContext, change: Change): Promise<CommitReport> {
  const collected = collectChange(change, context.pluginColumns);
  const commit = context.randomId();
  let prepared = await prepare(context, collected, await context.log.newest());
  let hasTurn = false;
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const newest = await context.log.newest();
      refuseOlder(newest, context.layout.tables);
      if (
        concerns(prepared.footprint, prepared.basedOn, newest) ||
        !(await areThere(context, prepared.segments.values()))
      ) {
        await discard(context, prepared.segments.values());
        prepared = await prepare(context, collected, newest);
      }
      if (prepared.edits.length === 0) return reportOf(prepared, newest.sequence);
      const made = noteOf(prepared, context.author);
      if (await context.log.append(nextManifest(newest, prepared, { commit, at: change.at, made }))) {
        return reportOf(prepared, newest.sequence + 1);
      }
      if (attempt >= LOST_RACES && !hasTurn) {
        await takeTurn(context.layout, context, commit);
        hasTurn = true;
      }
    }
  } finally {
    // After a failure the segments stay: the manifest may name them although its writer heard of an error. They are
    // collected as garbage if it does not.
    if (hasTurn) await endTurn(context.layout);
  }
  throw tooManyWriters();
}

/** What a writer says that cannot get through. */
export function tooManyWriters(): StoreError {
  return new StoreError('lock', `Other writers were faster ${MAX_ATTEMPTS} times in a row.`, {
    hint: 'Run fewer commands on these tables at once.',
  });
}
