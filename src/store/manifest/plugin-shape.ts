import { StoreError } from '../../errors/store-error.ts';
import { EXTENSIBLE_TABLES, type HandlerColumns, type PluginColumn } from '../../records/plugin-column.ts';
import { typeName } from '../../records/sql-type.ts';
import type { ColumnShape, TableName } from '../../records/table.ts';
import type { ExtraColumn, TableState } from './manifest.ts';

/** A stored column that its handler does not declare any more, or declares with another type. */
export interface ColumnConflict {
  /** Physical table: `CUSTOM_SAMPLES`. */
  readonly name: string;
  readonly table: TableName;
  readonly source: string;
  readonly handler: string;
  readonly stored: ExtraColumn;
  /** Null: it was removed. */
  readonly declared: PluginColumn | null;
}

/** What a physical table's further columns are once the registered handlers have their way. */
export interface PluginShape {
  /** The stored ones, then those that are new. */
  readonly extra: readonly ExtraColumn[];
  readonly conflicts: readonly ColumnConflict[];
}

/** `CUSTOM_SAMPLES` → `CUSTOM`; null for a table of the whole project. */
export function sourceOf(name: string, table: TableName): string | null {
  const suffix = `_${table.toUpperCase()}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : null;
}

/** Columns that handlers add to a table of a source, each name once. */
export function declaredColumns(
  declared: readonly HandlerColumns[],
  source: string | null,
  table: TableName,
): { readonly handler: string; readonly column: PluginColumn }[] {
  const found = new Map<string, { handler: string; column: PluginColumn }>();
  const extensible = EXTENSIBLE_TABLES.find((one) => one === table);
  if (extensible === undefined) return [];
  for (const one of declared) {
    if (source !== null && one.source !== source) continue;
    for (const column of one.columns[extensible] ?? []) {
      if (!found.has(column.name)) found.set(column.name, { handler: one.handler, column });
    }
  }
  return [...found.values()];
}

/**
 * Compares what a table holds with what the registered handlers declare: pure. A column whose handler is not registered
 * now stays as it is.
 */
export function pluginShape(
  name: string,
  state: Pick<TableState, 'table' | 'extra'>,
  declared: readonly HandlerColumns[],
): PluginShape {
  const source = sourceOf(name, state.table);
  if (source === null) return { extra: state.extra, conflicts: [] };
  const wanted = declaredColumns(declared, source, state.table);
  const handlers = new Set(declared.filter((one) => one.source === source).map(({ handler }) => handler));
  const conflicts: ColumnConflict[] = [];
  for (const stored of state.extra) {
    const now = wanted.find(({ column }) => column.name === stored.name);
    const handler = now?.handler ?? stored.handler ?? '';
    const isGone = now === undefined && handlers.has(handler);
    const isOther = now !== undefined && !isSameType(now.column, stored);
    if (!isGone && !isOther) continue;
    conflicts.push({ name, table: state.table, source, handler, stored, declared: now?.column ?? null });
  }
  const known = new Set(state.extra.map((column) => column.name));
  const added = wanted.filter(({ column }) => !known.has(column.name));
  if (added.length === 0) return { extra: state.extra, conflicts };
  return { extra: [...state.extra, ...added.map(({ column, handler }) => asStored(column, handler))], conflicts };
}

/** A column as a manifest holds it. */
export function asStored({ doc: _, ...shape }: PluginColumn, handler: string): ExtraColumn {
  return { ...shape, handler };
}

/** Types are the same when every value of one is a value of the other; a longer text is. */
function isSameType(a: ColumnShape, b: ColumnShape): boolean {
  return a.type === 'text' && b.type === 'text' ? true : typeName(a) === typeName(b);
}

/** What a refused write says. */
export function conflictError(conflicts: readonly ColumnConflict[]): StoreError | null {
  const [first] = conflicts;
  if (first === undefined) return null;
  const { name, handler, stored, declared } = first;
  const now = declared === null ? 'does not declare it any more' : `declares it as ${typeName(declared)}`;
  return new StoreError(
    'integrity',
    `The column ${stored.name} of ${name} is stored as ${typeName(stored)}; the plug-in ${handler} ${now}. Nothing was written.`,
    {
      hint: 'celline db migrate --draft writes a migration into migrations/; look at it, then: celline db migrate',
      fields: {
        handler,
        table: name,
        column: stored.name,
        stored: typeName(stored),
        declared: declared && typeName(declared),
      },
    },
  );
}
