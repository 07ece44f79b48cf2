import { PluginError } from '../errors/plugin-error.ts';
import type { HandlerFacts } from '../ports/handler.ts';
import { EXTENSIBLE_TABLES, type ExtensibleTable, type PluginColumn } from '../records/plugin-column.ts';
import { decimalDigits, SQL_TYPES, typeName } from '../records/sql-type.ts';
import { TABLES } from '../records/tables.ts';

/** A handler's name and columns. */
export type ColumnOwner = Pick<HandlerFacts, 'name' | 'columns'>;

/** A declared column with where it is declared. */
interface Declared {
  readonly handler: string;
  readonly table: ExtensibleTable;
  readonly column: PluginColumn;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Digits that a decimal can have. */
const MOST_DIGITS = 38;

/**
 * Refuses a handler whose columns cannot be: an unknown table or type, a name that is taken, or another type than a
 * registered handler declares under the same name. The `PluginError` names handler, table, column and type.
 */
export function checkColumns(owner: ColumnOwner, registered: readonly ColumnOwner[]): void {
  const others = registered.flatMap(declaredBy);
  const seen = new Set<string>();
  for (const table of Object.keys(owner.columns ?? {})) {
    if (EXTENSIBLE_TABLES.every((name) => name !== table)) throw noSuchTable(owner, table);
  }
  for (const declared of declaredBy(owner)) {
    const reason = wrongWith(declared, others, seen);
    if (reason !== null) throw refusal(declared, reason);
    seen.add(`${declared.table} ${declared.column.name}`);
  }
}

function declaredBy({ name, columns = {} }: ColumnOwner): Declared[] {
  return EXTENSIBLE_TABLES.flatMap((table) =>
    (columns[table] ?? []).map((column) => ({ handler: name, table, column })),
  );
}

/** Why a column cannot be; null: it can. */
function wrongWith({ table, column }: Declared, others: readonly Declared[], seen: ReadonlySet<string>): string | null {
  if (typeof column.name !== 'string' || !NAME.test(column.name)) {
    return 'its name must be lower-case letters, digits and underscores';
  }
  if (!Object.hasOwn(SQL_TYPES, String(column.type))) {
    return `Unsupported type: ${String(column.type)}; there are ${Object.keys(SQL_TYPES).join(', ')}`;
  }
  if (TABLES[table].columns.some(({ name }) => name === column.name)) return `${table} has a column of that name`;
  if (seen.has(`${table} ${column.name}`)) return 'it is declared twice';
  if (typeof column.doc !== 'string' || column.doc === '') return 'it has no doc';
  const other = others.find((one) => one.table === table && one.column.name === column.name);
  if (other !== undefined && typeName(other.column) !== typeName(column)) {
    return `${other.handler} declares it as ${typeName(other.column)}, this handler as ${typeName(column)}`;
  }
  return wrongParameters(column);
}

function wrongParameters(column: PluginColumn): string | null {
  const { length } = column;
  if (length !== undefined && (column.type !== 'text' || !Number.isSafeInteger(length) || length < 1)) {
    return 'length is a whole number from 1, of text only';
  }
  if (column.type !== 'decimal') {
    const isBare = column.precision === undefined && column.scale === undefined;
    return isBare ? null : 'precision and scale are of decimal only';
  }
  const { precision, scale } = decimalDigits(column);
  const isSound = Number.isSafeInteger(precision) && Number.isSafeInteger(scale);
  const fits = isSound && precision >= 1 && precision <= MOST_DIGITS && scale >= 0 && scale <= precision;
  return fits ? null : `precision must be 1 to ${MOST_DIGITS}, scale 0 to precision`;
}

function noSuchTable({ name }: ColumnOwner, table: string): PluginError {
  return new PluginError(`The handler ${name} adds columns to ${table}, which takes none.`, {
    hint: `Columns can be added to ${EXTENSIBLE_TABLES.join(', ')}.`,
    fields: { handler: name, table },
  });
}

function refusal({ handler, table, column }: Declared, reason: string): PluginError {
  return new PluginError(
    `The column ${String(column.name)} of ${table}, which the handler ${handler} adds, cannot be: ${reason}.`,
    {
      hint: 'Change the handler: it was not registered.',
      fields: { handler, table, column: String(column.name), type: String(column.type) },
    },
  );
}
