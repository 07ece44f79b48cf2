import { StoreError } from '../../errors/store-error.ts';
import type { Filters, Repository } from '../../ports/records.ts';
import type { ReadWrite } from '../../ports/store.ts';
import { EMPTY_UNIT, type RecordUnit } from '../../records/record-unit.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';

/** The tables whose rows have one key. */
export type RecordTable = 'samples' | 'runs' | 'projects' | 'files';

/** What a repository works with. */
export interface RepositoryContext {
  readonly store: ReadWrite;
  /** The time (ISO 8601 UTC). */
  readonly now: () => string;
}

/** What a repository needs of a record. */
interface Keyed {
  readonly key: string;
}

/** The repository of a table whose rows have one key; `remove` is the removal with what hangs on the row. */
export function createRecordRepository<R, N extends Keyed>(
  table: RecordTable,
  { store, now }: RepositoryContext,
  remove: (key: string, cascade: boolean) => Promise<void>,
): Repository<R, N> {
  const find = async (key: string): Promise<Row | null> => (await store.get(table, [key]))[0] ?? null;
  const write = async (record: Keyed): Promise<R> => {
    await store.commit({ units: [unitOf(table, record)], asked: [], at: now() });
    return known(await find(record.key), table, record.key) as R;
  };
  return {
    create: async (record) => {
      if (typeof record.key === 'string' && (await find(record.key)) !== null) throw alreadyThere(table, record.key);
      return write(record);
    },
    get: async (key) => (await find(key)) as R | null,
    list: (filters) => listRows<R>(store, table, filters),
    update: async (key, patch) => {
      const stored = known(await find(key), table, key);
      if (patch.key !== undefined && patch.key !== key) throw keyStays(table, key);
      return write({ ...requiredOf(table, stored), ...patch, key });
    },
    delete: async (key, options) => {
      if ((await find(key)) === null) return false;
      await remove(key, options?.cascade ?? false);
      return true;
    },
  };
}

/** Rows one by one; the store gives them in batches. */
export async function* listRows<R>(store: ReadWrite, table: TableName, filters: Filters = {}): AsyncGenerator<R> {
  for await (const rows of store.select({ ...filters, table })) for (const row of rows) yield row as R;
}

/** The row; its absence is an error that names it. */
export function known(row: Row | null, table: TableName, key: string): Row {
  if (row !== null) return row;
  throw new StoreError('integrity', `There is no ${table} record ${key}.`, {
    hint: 'create adds it; list shows what is there.',
    fields: { table, key },
  });
}

/** The error of a key that is taken. */
export function alreadyThere(table: TableName, key: string): StoreError {
  return new StoreError('integrity', `There is a ${table} record ${key} already.`, {
    hint: 'update changes it.',
    fields: { table, key },
  });
}

function keyStays(table: TableName, key: string): StoreError {
  return new StoreError('integrity', `The key of the ${table} record ${key} cannot be changed.`, {
    hint: 'create a record of the new key and delete this one.',
    fields: { table, key, column: 'key' },
  });
}

/** The columns that every row has, as they are stored: a patch must not leave them out. */
function requiredOf(table: RecordTable, stored: Row): Row {
  const required = TABLES[table].columns.filter((column) => column.required === true);
  return Object.fromEntries(required.map(({ name }) => [name, stored[name] ?? null]));
}

function unitOf(table: RecordTable, record: Keyed): RecordUnit {
  return { ...EMPTY_UNIT, [table]: [record] };
}
