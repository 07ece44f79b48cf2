import type { PluginColumns } from '../../ports/store-care.ts';
import { type ExtraColumn, emptyTable, type Manifest } from '../manifest/manifest.ts';
import { type ColumnConflict, conflictError, pluginShape } from '../manifest/plugin-shape.ts';
import type { TableEdits } from '../plan/table-edits.ts';

/**
 * The columns of plug-ins that a commit writes, by physical table: those that are stored, those that are declared, and those
 * that rows bring along that come from another source. A column that its plug-in removed or retyped refuses the commit.
 */
export function columnsToWrite(
  manifest: Manifest,
  edits: readonly TableEdits[],
  declared: PluginColumns,
): ReadonlyMap<string, readonly ExtraColumn[]> {
  const columns = new Map<string, readonly ExtraColumn[]>();
  const conflicts: ColumnConflict[] = [];
  for (const edit of edits) {
    const state = manifest.tables[edit.name] ?? emptyTable(edit.table);
    const shape = pluginShape(edit.name, state, declared);
    conflicts.push(...shape.conflicts);
    columns.set(edit.name, uniteColumns(shape.extra, broughtAlong(manifest, edit)));
  }
  const refusal = conflictError(conflicts);
  if (refusal !== null) throw refusal;
  return columns;
}

/** Columns of tables of other sources in which a row of the edit has a value: the record changed its source. */
function broughtAlong(manifest: Manifest, edit: TableEdits): ExtraColumn[] {
  const others = Object.values(manifest.tables).filter((state) => state.table === edit.table && state.extra.length > 0);
  const columns = others.flatMap((state) => state.extra);
  return columns.filter(({ name }) => edit.rows.some((row) => row[name] !== undefined && row[name] !== null));
}

/** The columns of both, each name once; the first list itself when the second brings nothing new. */
export function uniteColumns(first: readonly ExtraColumn[], second: readonly ExtraColumn[]): readonly ExtraColumn[] {
  const known = new Set(first.map(({ name }) => name));
  const fresh = second.filter(({ name }) => !known.has(name) && known.add(name));
  return fresh.length === 0 ? first : [...first, ...fresh];
}
