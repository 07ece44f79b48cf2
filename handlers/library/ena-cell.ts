import type { EnaRun, EnaRunColumn } from '../ena/run-row.ts';

/** The text of a cell of an ENA row; null for an empty cell and for a column that was not sent. */
export function enaCell(row: EnaRun | null, column: EnaRunColumn): string | null {
  // The row's type says every column is there; a report of fewer fields leaves the others out.
  const text: string | undefined = row?.[column];
  return text === undefined || text === '' ? null : text;
}

/** The members of a cell that may be a `;` list ("DRP000670;DRP000595"); empty for an empty cell. */
export function enaList(row: EnaRun | null, column: EnaRunColumn): string[] {
  return (enaCell(row, column) ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A cell that counts something; null for an empty cell and for what is no whole number. */
export function enaCount(row: EnaRun | null, column: EnaRunColumn): bigint | null {
  const text = enaCell(row, column);
  return text !== null && /^\d+$/.test(text) ? BigInt(text) : null;
}

const GSM = /^(GSM\d+)(?:_r\d+)?$/;

/** The GSM that an alias column holds: `GSM3526037`, or `GSM3526037_r1` of a run. */
export function enaGsm(row: EnaRun | null, column: 'experiment_alias' | 'sample_alias' | 'run_alias'): string | null {
  return GSM.exec(enaCell(row, column) ?? '')?.[1] ?? null;
}
