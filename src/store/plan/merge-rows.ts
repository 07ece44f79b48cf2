import type { CellValue, Row, Table } from '../../records/table.ts';

/** Columns that say where a value came from; they are ignored when two rows are compared. */
export const PROVENANCE_NAMES: ReadonlySet<string> = new Set([
  'handler',
  'fetched_at',
  'response_hash',
  'created_at',
  'updated_at',
]);

/** A record after a patch. */
export interface MergedRow {
  readonly row: Row;
  /** Columns whose values differ, provenance aside; every column that has a value for a new row. Empty: nothing to write. */
  readonly changed: readonly string[];
}

/** What a merge stamps into a row that it changes. */
export interface MergeStamp {
  /** When the commit is made (ISO 8601 UTC). */
  readonly at: string;
  /** Name of the handler, for patches that do not say it. */
  readonly handler: string | null;
}

/** True when two cells hold the same value; lists and JSON objects by their content and order. */
export function equalCells(a: CellValue, b: CellValue): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The table's columns, then those that plug-ins added: the rows are checked, so that they have no others. */
function namesOf(table: Table, stored: Row | null, patch: Row): Iterable<string> {
  const names = new Set(table.columns.map(({ name }) => name));
  for (const name in stored) names.add(name);
  for (const name in patch) names.add(name);
  return names;
}

/**
 * Lays a patch over a stored row. An absent column was not fetched and keeps its value; `null` was asked and not said and
 * overwrites. `created_at` survives. When nothing but provenance differs, the stored row itself is given back.
 */
export function mergeRows(table: Table, stored: Row | null, patch: Row, stamp: MergeStamp): MergedRow {
  const row: Record<string, CellValue> = {};
  const changed: string[] = [];
  let hasProvenance = false;
  for (const name of namesOf(table, stored, patch)) {
    const old = stored?.[name] ?? null;
    const value = patch[name] ?? (patch[name] === null ? null : old);
    row[name] = value;
    if (PROVENANCE_NAMES.has(name)) hasProvenance = true;
    else if (!equalCells(old, value)) changed.push(name);
  }
  if (stored !== null && changed.length === 0) return { row: stored, changed };
  if (hasProvenance) {
    row.handler = patch.handler ?? stamp.handler ?? row.handler ?? null;
    row.created_at = stored?.created_at ?? stamp.at;
    row.updated_at = stamp.at;
  }
  return { row, changed };
}

let byNumber: Intl.Collator | undefined;

/** Numbers by their value: SRR9 before SRR10. Made when it is needed: the first of a process costs 7 ms. */
function compareByNumber(a: string, b: string): number {
  byNumber ??= new Intl.Collator('en', { numeric: true });
  return byNumber.compare(a, b);
}

/** Two lists of keys, joined with `,`, as one; the first list itself when the second brings nothing new. */
export function uniteKeys(first: string, second: string): string {
  const known = new Set(first.split(','));
  const fresh = second.split(',').filter((key) => !known.has(key));
  return fresh.length === 0 ? first : [...known, ...fresh].sort(compareByNumber).join(',');
}

/**
 * Unites two patches of one record within one change. A value beats "not said", a later value an earlier one, and the
 * addresses of a file are united, so that what ENA and NCBI say about the same bytes becomes one row; so are lists of children.
 */
export function unitePatches(first: Row, second: Row): Row {
  const united: Record<string, CellValue> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const earlier = united[name];
    if (name === 'urls' && Array.isArray(earlier) && Array.isArray(value)) {
      united[name] = [...new Set<string>([...earlier, ...value])];
    } else if (name === 'children' && typeof earlier === 'string' && typeof value === 'string') {
      united[name] = uniteKeys(earlier, value);
    } else if (value !== null || earlier === undefined) united[name] = value;
  }
  return united;
}
