import type { Change, Removal } from '../../src/ports/store.ts';
import type { Row, TableName } from '../../src/records/table.ts';
import { TABLES } from '../../src/records/tables.ts';

/** Rows of all tables in no order, without what says where a value came from. */
export type NaiveTables = Readonly<Record<TableName, readonly Row[]>>;

const NAMES = Object.keys(TABLES) as TableName[];
const PROVENANCE = ['handler', 'fetched_at', 'response_hash', 'created_at', 'updated_at'];
const IDENTITIES = ['biosample', 'sra_sample'];

/** Nothing stored. */
export const NO_TABLES: NaiveTables = byName(() => []);

function byName(make: (name: TableName) => readonly Row[]): NaiveTables {
  return Object.fromEntries(NAMES.map((name) => [name, make(name)])) as NaiveTables;
}

/** A row with all columns of its table, in their order, without provenance. */
export function withoutProvenance(table: TableName, row: Row): Row {
  const columns = TABLES[table].columns.filter(({ name }) => !PROVENANCE.includes(name));
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}

const sameKey = (table: TableName, a: Row, b: Row): boolean =>
  TABLES[table].primaryKey.every((column) => a[column] === b[column]);

/**
 * What the tables are after a change, said as plainly as it can be: whole tables, one rule after the other, nothing shared
 * with the code under test but the names of the columns. For one unit of samples, runs, files and links.
 */
export function naively(tables: NaiveTables, change: Change): NaiveTables {
  const unit = change.units[0];
  let next = tables;
  for (const link of unit?.links ?? []) {
    const knows = (key: string) => unit?.samples.some((sample) => sample.key === key) === true;
    const isFirst = unit?.links.find((one) => one.alias === link.alias && knows(one.key) && isIdentity(one)) === link;
    if (isFirst && isIdentity(link) && knows(link.key) && !knows(link.alias) && link.alias !== link.key) {
      next = renamed(next, link.alias, link.key);
    }
  }
  for (const removal of change.remove ?? []) next = removed(next, removal);
  for (const set of unit?.complete ?? []) {
    if (set.table === 'runs') {
      const known = new Set(unit?.runs.map((run) => run.key));
      const gone = next.runs.filter((run) => run.parent === set.parent && !known.has(String(run.key)));
      const keys = new Set(gone.map((run) => run.key));
      next = without(next, 'runs', (run) => keys.has(run.key ?? null));
      next = without(next, 'files', (file) => keys.has(String(file.parent)));
      next = without(next, 'links', (link) => keys.has(String(link.key)));
    } else {
      const known = new Set(unit?.files.map((file) => file.key));
      const isOfSet = (file: Row) => file.parent === set.parent && file.origin === set.origin;
      next = without(next, 'files', (file) => isOfSet(file) && !known.has(String(file.key)));
    }
  }
  for (const table of ['samples', 'runs', 'files'] as const) {
    for (const patch of unit?.[table] ?? []) next = patched(next, table, patch as unknown as Row);
  }
  for (const link of unit?.links ?? []) next = put(next, 'links', link as unknown as Row);
  for (const row of change.asked) next = put(next, 'asked', row as unknown as Row);
  for (const row of change.annotations ?? []) next = put(next, 'annotations', row as unknown as Row);
  return next;
}

const isIdentity = (link: { readonly kind: string }): boolean => IDENTITIES.includes(link.kind);

function without(tables: NaiveTables, table: TableName, isGone: (row: Row) => boolean): NaiveTables {
  return { ...tables, [table]: tables[table].filter((row) => !isGone(row)) };
}

function put(tables: NaiveTables, table: TableName, row: Row): NaiveTables {
  const others = without(tables, table, (one) => sameKey(table, one, row));
  return { ...others, [table]: [...others[table], withoutProvenance(table, row)] };
}

function patched(tables: NaiveTables, table: TableName, patch: Row): NaiveTables {
  const stored = tables[table].find((row) => sameKey(table, row, patch)) ?? {};
  const said = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  return put(tables, table, { ...stored, ...said });
}

function removed(tables: NaiveTables, { table, key, name }: Removal): NaiveTables {
  const column = TABLES[table].primaryKey[0] ?? '';
  return without(tables, table, (row) => row[column] === key && (name === undefined || row.name === name));
}

/** The same library under its better key: everything that named the old one names the new one. */
function renamed(tables: NaiveTables, from: string, to: string): NaiveTables {
  const stored = tables.samples.find((row) => row.key === from);
  if (stored === undefined) return tables;
  let next = without(tables, 'samples', (row) => row.key === from);
  if (!next.samples.some((row) => row.key === to)) next = put(next, 'samples', { ...stored, key: to });
  next = { ...next, runs: next.runs.map((run) => (run.parent === from ? { ...run, parent: to } : run)) };
  next = { ...next, asked: next.asked.map((row) => (row.key === from ? { ...row, key: to } : row)) };
  next = moved(
    next,
    'files',
    (row) => row.parent === from,
    (row) => ({
      ...row,
      key: `${to}${String(row.key).slice(from.length)}`,
      parent: to,
    }),
  );
  // A record is no other name of itself.
  next = without(next, 'links', (row) => row.key === from && row.alias === to);
  next = moved(
    next,
    'links',
    (row) => row.key === from,
    (row) => ({ ...row, key: to }),
  );
  return moved(
    next,
    'annotations',
    (row) => row.key === from,
    (row) => ({ ...row, key: to }),
  );
}

/** Rows under another key; one that is there under that key already counts. */
function moved(
  tables: NaiveTables,
  table: TableName,
  isMeant: (row: Row) => boolean,
  move: (row: Row) => Row,
): NaiveTables {
  let next = without(tables, table, isMeant);
  for (const row of tables[table].filter(isMeant)) {
    const target = move(row);
    if (!next[table].some((one) => sameKey(table, one, target))) next = put(next, table, target);
  }
  return next;
}
