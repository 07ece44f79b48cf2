import type { LinkRow } from '../../records/link.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import { linkId } from './collect-change.ts';

/** One record while a commit is planned: as stored, and as it will be. Null: not there. */
export interface DraftEntry {
  readonly before: Row | null;
  after: Row | null;
}

/** The stored rows that a commit looked at, with its edits; by table and id (`rowId`). */
export interface Draft {
  readonly tables: Readonly<Record<TableName, Map<string, DraftEntry>>>;
  /** First primary-key values that were looked up, also those that are not stored: what a concurrent commit must not touch. */
  readonly looked: Readonly<Record<TableName, Set<string>>>;
  /** Parents whose files were looked up. */
  readonly fileParents: Set<string>;
  /** Tables of which rows were searched by another column: any concurrent commit to them concerns this one. */
  readonly scanned: Set<TableName>;
}

/** One thing for each table. */
export function byTable<T>(make: (name: TableName) => T): Record<TableName, T> {
  const names = Object.keys(TABLES) as TableName[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<TableName, T>;
}

/** A draft that looked at nothing. */
export function createDraft(): Draft {
  return {
    tables: byTable(() => new Map()),
    looked: byTable(() => new Set()),
    fileParents: new Set(),
    scanned: new Set(),
  };
}

/** What identifies an annotation, as one text. */
export function annotationId(key: string, name: string): string {
  return `${key}\u0000${name}`;
}

/** What identifies a row within its table, as one text. */
export function rowId(table: TableName, row: Row): string {
  if (table === 'links') return linkId(row as unknown as LinkRow);
  if (table === 'annotations') return annotationId(String(row.key), String(row.name));
  if (table === 'job_files') return [row.job, row.direction, row.path].join('\u0000');
  if (table === 'jobs') return String(row.number);
  return String(table === 'asked' ? row.id : row.key);
}

/** Takes stored rows into a draft; rows that it already holds stay as they are. */
export function takeStored(draft: Draft, table: TableName, rows: Iterable<Row>): void {
  const entries = draft.tables[table];
  for (const row of rows) {
    const id = rowId(table, row);
    if (!entries.has(id)) entries.set(id, { before: row, after: row });
  }
}

/** The row as it will be after the edits so far. */
export function draftRow(draft: Draft, table: TableName, id: string): Row | null {
  return draft.tables[table].get(id)?.after ?? null;
}

/** Writes a row. */
export function putRow(draft: Draft, table: TableName, row: Row): void {
  const id = rowId(table, row);
  const entry = draft.tables[table].get(id);
  if (entry === undefined) draft.tables[table].set(id, { before: null, after: row });
  else entry.after = row;
}

/** Removes a row; true when there was one. */
export function removeRow(draft: Draft, table: TableName, id: string): boolean {
  const entry = draft.tables[table].get(id);
  if (entry === undefined || entry.after === null) return false;
  entry.after = null;
  return true;
}

/** The rows of a table as they will be, for which a condition holds. */
export function draftRows(draft: Draft, table: TableName, holds: (row: Row) => boolean): Row[] {
  const rows: Row[] = [];
  for (const { after } of draft.tables[table].values()) if (after !== null && holds(after)) rows.push(after);
  return rows;
}
