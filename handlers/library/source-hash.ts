import { createHash } from 'node:crypto';
import { ENA_RUN_COLUMNS, type EnaRun } from '../ena/run-row.ts';

/**
 * SHA-256 (hex) of the canonical JSON of a record's own source fragment, bigint as text. The parsers write the properties of
 * a type in one order, so that JSON is canonical as it is; rows of ENA, whose columns come in the order of the answer, go
 * through `canonicalRow`. (Sorting every object's names instead cost a third of the whole join.)
 */
export function sourceHash(fragment: unknown): string {
  const json = JSON.stringify(fragment, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(json).digest('hex');
}

/** The cells of a row in the order of our own list of columns. */
export function canonicalRow(row: EnaRun | null): readonly (string | null)[] | null {
  return row === null ? null : ENA_RUN_COLUMNS.map((column) => row[column] ?? null);
}
