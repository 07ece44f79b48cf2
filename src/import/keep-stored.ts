import { IMPORT_HANDLER } from '../records/import-handler.ts';
import type { CellValue, Row, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { equalCells, PROVENANCE_NAMES } from '../store/plan/merge-rows.ts';

/** What of an imported row goes to the store. */
export interface KeptRow {
  /** Null: nothing of it. */
  readonly row: Row | null;
  /** Values that stay as an archive said them. */
  readonly kept: number;
}

/**
 * Lays an imported row beside the stored one: what an archive said stays, what it did not say is filled in, and the row keeps
 * its provenance. A row that an import brought is the import's: everything may change. `force`: so is every row.
 */
export function keepStored(table: TableName, row: Row, stored: Row | null, force: boolean): KeptRow {
  if (stored === null) return { row, kept: 0 };
  if (table === 'links') return { row, kept: 0 };
  if (table === 'asked') return keepNewerAnswer(row, stored, force);
  if (table === 'annotations') {
    const isOther = stored.value !== row.value;
    return isOther && !force ? { row: null, kept: 1 } : { row, kept: 0 };
  }
  // A record belongs to the authority that it is stored under, whatever a list says.
  const whole = { ...row, source: stored.source ?? null };
  if (force || stored.handler === IMPORT_HANDLER) return { row: whole, kept: 0 };
  return fillIn(table, whole, stored);
}

function fillIn(table: TableName, row: Row, stored: Row): KeptRow {
  const filled: Record<string, CellValue> = {};
  let kept = 0;
  for (const { name, required } of TABLES[table].columns) {
    const value = row[name];
    if (value === undefined || value === null || PROVENANCE_NAMES.has(name)) continue;
    const old = stored[name] ?? null;
    if (old === null) filled[name] = value;
    else {
      if (!equalCells(old, value)) kept += 1;
      // A patch names the columns that place it, as they are stored.
      if (required === true) filled[name] = old;
    }
  }
  return { row: filled, kept };
}

/** Of two answers for one id the newer stays. */
function keepNewerAnswer(row: Row, stored: Row, force: boolean): KeptRow {
  const isSame = Object.keys(row).every((name) => equalCells(row[name] ?? null, stored[name] ?? null));
  if (isSame) return { row: null, kept: 0 };
  return force || String(row.answered_at) > String(stored.answered_at) ? { row, kept: 0 } : { row: null, kept: 1 };
}
