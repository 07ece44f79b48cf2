import { StoreError } from '../../errors/store-error.ts';
import type { ColumnShape, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';

/** Version of the files of the store; a newer one is refused. What each added is told in `src/migrations/`. */
export const FORMAT_VERSION = 3;

/** One immutable Parquet file. */
export interface Segment {
  /** Name within `segments/`. */
  readonly file: string;
  /** Rows, tombstones included. */
  readonly rows: number;
  /** Least and greatest first primary-key value, in UTF-8 byte order. */
  readonly first: string;
  readonly last: string;
  /** Size in bytes, to tell a cut file from a good one. */
  readonly bytes: number;
  /** SHA-256 (hex) of the file; null when it was written by format 1. */
  readonly sha256: string | null;
  /** Digest of the columns it was written with. */
  readonly columns: string;
  /** Manifest numbers of the commits that it holds; a base has 0. */
  readonly from: number;
  readonly to: number;
}

/** A column that a plug-in added. */
export interface ExtraColumn extends ColumnShape {
  /** Name of the handler that declared it; absent when it was not recorded. */
  readonly handler?: string;
}

/** The segments of one physical table. */
export interface TableState {
  readonly table: TableName;
  /** Columns that a plug-in added after those that every source has. */
  readonly extra: readonly ExtraColumn[];
  /** Names of the project's own migrations that its rows have been through; absent: none. */
  readonly migrations?: readonly string[];
  /** Rows that are there. */
  readonly rows: number;
  /** Row edits since the table began; the plain table's footer holds the number that it shows. */
  readonly edits: number;
  /** Of the table of jobs: the last number that one was given; it is given once, whatever is removed. */
  readonly lastJob?: number;
  /** Sorted, with disjoint ranges, no tombstones. */
  readonly base: readonly Segment[];
  /** Oldest first; the newest row of a key counts. */
  readonly deltas: readonly Segment[];
}

/** What a manifest was made for. */
export type ManifestKind = 'commit' | 'compaction' | 'rollback' | 'restore' | 'migration' | 'repair';

/** Who makes changes: the same for all commits of one command. */
export interface Author {
  /** `user@machine`. */
  readonly by: string;
  /** The command line without the program: `add GSM1`; empty for the library. */
  readonly command: string;
  /** Names this command among all others, so that its commits can be told together. */
  readonly run: string;
}

/** How a manifest came to be, for `celline db log`. */
export interface ManifestNote extends Author {
  readonly kind: ManifestKind;
  readonly job: string | null;
  /** Rows added, changed and removed by physical table; a compaction has none. */
  readonly tables: Readonly<Record<string, { added: number; updated: number; removed: number }>>;
}

/** The last manifest of one command. */
export interface RunEnd {
  /** `run` of its author. */
  readonly run: string;
  readonly sequence: number;
}

/** Commands whose last manifest can be gone back to. */
export const KEPT_RUNS = 50;

/** All live segments; immutable once it has its number. */
export interface Manifest {
  readonly format: number;
  readonly sequence: number;
  /** Names the commit that made it, so that a writer knows its own. */
  readonly commit: string;
  /** When it was made (ISO 8601 UTC). */
  readonly at: string;
  /**
   * Grows when tables go back (rollback, restore) or change their shape (migration): what was read before does not hold
   * any more, whatever the segments say.
   */
  readonly epoch: number;
  /** Null in a manifest of format 1. */
  readonly made: ManifestNote | null;
  /**
   * The last manifest of each of the last commands, oldest first; compactions do not count. So that neither the history
   * nor garbage collection reads the thousands of manifests that one command may make. Absent before there were notes.
   */
  readonly runs?: readonly RunEnd[];
  /** By physical name (`GEO_SAMPLES`). */
  readonly tables: Readonly<Record<string, TableState>>;
}

/** The state of a store that holds nothing. */
export const EMPTY_MANIFEST: Manifest = {
  format: FORMAT_VERSION,
  sequence: 0,
  commit: '',
  at: '',
  epoch: 0,
  made: null,
  tables: {},
};

/** Stands in for an old manifest, so that its number is never given again. */
export const STUB_TEXT = '{"stub":true}\n';

/** What a table has before its first commit. */
export function emptyTable(table: TableName): TableState {
  return { table, extra: [], rows: 0, edits: 0, base: [], deltas: [] };
}

/** The manifest after `newest`; its format is the newest one unless `next` says. `goesBack`: what was read before does not hold any more. */
export function followingManifest(
  newest: Manifest,
  next: Pick<Manifest, 'commit' | 'at' | 'made' | 'tables'> & Partial<Pick<Manifest, 'format'>>,
  goesBack = false,
): Manifest {
  const epoch = newest.epoch + (goesBack ? 1 : 0);
  const sequence = newest.sequence + 1;
  return { format: FORMAT_VERSION, sequence, epoch, ...next, runs: runsAfter(newest, next.made, sequence) };
}

function runsAfter(newest: Manifest, made: ManifestNote | null, sequence: number): readonly RunEnd[] {
  const runs = newest.runs ?? [];
  if (made === null || made.kind === 'compaction') return runs;
  return [...runs.filter(({ run }) => run !== made.run), { run: made.run, sequence }].slice(-KEPT_RUNS);
}

/** The last number that a job was given; 0 before the first. */
export function lastJobOf({ tables }: Pick<Manifest, 'tables'>): number {
  return tables.JOBS?.lastJob ?? 0;
}

/** Every segment of a table, oldest first. */
export function segmentsOf(state: TableState): readonly Segment[] {
  return state.deltas.length === 0 ? state.base : [...state.base, ...state.deltas];
}

function damaged(path: string, reason: string, cause?: unknown): StoreError {
  return new StoreError('integrity', `${path} is damaged: ${reason}.`, {
    hint: 'Nothing was changed. celline db backups lists the backups, celline db restore brings one back.',
    fields: { path },
    cause,
  });
}

/** Refuses a store that a newer celline wrote. */
export function checkFormat(format: unknown, path: string): void {
  if (typeof format === 'number' && Number.isInteger(format) && format >= 1 && format <= FORMAT_VERSION) return;
  if (typeof format !== 'number') throw damaged(path, 'it names no format');
  throw new StoreError('newer_format', `${path} has format ${format}; this celline reads up to ${FORMAT_VERSION}.`, {
    hint: 'Update celline; it never rewrites what a newer one wrote.',
    fields: { path, format },
  });
}

function isSegment(value: unknown): value is Segment {
  if (typeof value !== 'object' || value === null) return false;
  const segment = value as Record<string, unknown>;
  const texts = ['file', 'first', 'last', 'columns'].every((name) => typeof segment[name] === 'string');
  const numbers = ['rows', 'bytes', 'from', 'to'].every((name) => Number.isSafeInteger(segment[name]));
  return texts && numbers && /^[A-Za-z0-9_.-]+$/.test(String(segment.file));
}

function isTableState(value: unknown): value is TableState {
  if (typeof value !== 'object' || value === null) return false;
  const state = value as Record<string, unknown>;
  const lists = [state.base, state.deltas];
  return (
    typeof state.table === 'string' &&
    Object.hasOwn(TABLES, state.table) &&
    Number.isSafeInteger(state.rows) &&
    Number.isSafeInteger(state.edits) &&
    lists.every((list) => Array.isArray(list) && list.every(isSegment))
  );
}

/** Text → manifest; null for the stub of an old one. Anything else is refused by the name of its file. */
export function parseManifest(text: string, path: string): Manifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, 'it is not JSON', error);
  }
  if (typeof value !== 'object' || value === null) throw damaged(path, 'it is not a manifest');
  const manifest = value as Record<string, unknown>;
  if (manifest.stub === true) return null;
  checkFormat(manifest.format, path);
  const tables = manifest.tables;
  const isWhole =
    Number.isSafeInteger(manifest.sequence) &&
    typeof manifest.commit === 'string' &&
    typeof manifest.at === 'string' &&
    typeof tables === 'object' &&
    tables !== null &&
    Object.values(tables).every(isTableState);
  if (!isWhole) throw damaged(path, 'it is not a manifest');
  return settled(value as StoredManifest);
}

/** A manifest as a file holds it: format 1 had no checksums, further columns, notes or epochs. */
type StoredSegment = Omit<Segment, 'sha256'> & { sha256?: string | null };
type StoredState = Omit<TableState, 'extra' | 'base' | 'deltas'> & {
  extra?: TableState['extra'];
  base: readonly StoredSegment[];
  deltas: readonly StoredSegment[];
};
type StoredManifest = Omit<Manifest, 'epoch' | 'made' | 'tables'> & {
  epoch?: number;
  made?: ManifestNote | null;
  tables: Readonly<Record<string, StoredState>>;
};

function settled(stored: StoredManifest): Manifest {
  const segment = (one: StoredSegment): Segment => ({ ...one, sha256: one.sha256 ?? null });
  const tables = Object.entries(stored.tables).map(([name, state]): [string, TableState] => [
    name,
    { ...state, extra: state.extra ?? [], base: state.base.map(segment), deltas: state.deltas.map(segment) },
  ]);
  return { ...stored, epoch: stored.epoch ?? 0, made: stored.made ?? null, tables: Object.fromEntries(tables) };
}

/** Manifest → text, one line per table. */
export function formatManifest(manifest: Manifest): string {
  const tables = Object.entries(manifest.tables).map(
    ([name, state]) => `${JSON.stringify(name)}:${JSON.stringify(state)}`,
  );
  const { tables: _, ...head } = manifest;
  return `${JSON.stringify(head).slice(0, -1)},"tables":{\n${tables.join(',\n')}\n}}\n`;
}
