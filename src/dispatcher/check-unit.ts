import { PluginError } from '../errors/plugin-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { AddedColumns, RecordUnit } from '../ports/handler.ts';
import { checkRow } from '../records/check-row.ts';
import { extendedTable } from '../records/extended-table.ts';
import type { Row } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';

const PATCHED = ['samples', 'runs', 'projects', 'files'] as const;

/** The authority of a key becomes part of a file name. */
const SOURCE_NAME = /^[A-Z][A-Z0-9_]*$/;

/**
 * Refuses a unit that the tables cannot hold, before any of it is on its way there: the `PluginError` names record, column and
 * value. `columns` are those that its handler adds.
 */
export function checkUnit(unit: unknown, columns: AddedColumns = {}): asserts unit is RecordUnit {
  if (typeof unit !== 'object' || unit === null) throw misshapen('unit', unit);
  const given = unit as Readonly<Record<string, unknown>>;
  for (const name of [...PATCHED, 'links', 'complete'] as const) {
    if (!Array.isArray(given[name])) throw misshapen(name, given[name]);
  }
  const { links, complete, ...patches } = unit as RecordUnit;
  for (const name of PATCHED) {
    const table = extendedTable(TABLES[name], columns[name] ?? []);
    for (const patch of patches[name]) checkPatch(patch, () => checkRow(table, patch as unknown as Row));
  }
  for (const link of links) checkRecord('links', link, () => checkRow(TABLES.links, link as unknown as Row));
  for (const set of complete) if (typeof set?.parent !== 'string') throw misshapen('complete', set);
}

function checkPatch(patch: { readonly key: string; readonly source: string }, check: () => void): void {
  checkRecord('record', patch, check);
  if (!SOURCE_NAME.test(patch.source)) {
    throw new PluginError(`the record ${patch.key}: source ${JSON.stringify(patch.source)} is no source name`, {
      hint: 'a source is upper-case letters, digits and _',
      fields: { field: 'source' },
    });
  }
}

/** What the tables say of a row is said of the handler that gave it. */
function checkRecord(what: string, row: unknown, check: () => void): void {
  if (typeof row !== 'object' || row === null) throw misshapen(what, row);
  try {
    check();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new PluginError(error.message.replace(/\.$/, ''), {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      fields: error.fields,
      cause: error,
    });
  }
}

function misshapen(name: string, value: unknown): PluginError {
  return new PluginError(`the handler gave ${String(value).slice(0, 80)} as ${name}`, {
    hint: 'mend the handler: nothing of this record was stored',
    fields: { field: name },
  });
}
