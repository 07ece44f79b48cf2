import type { Condition, Selection, StoreReader } from '../ports/store.ts';
import type { Table, TableName } from '../records/table.ts';
import { TABLES } from '../records/tables.ts';
import { conditionName, parseCondition } from './parse-condition.ts';

/** Tables whose keys notes are about. */
const NOTED: ReadonlySet<TableName> = new Set(['samples', 'runs', 'projects', 'links']);

/** Conditions on columns, and the keys that the conditions on notes leave. */
export interface SeparatedConditions extends Pick<Selection, 'within' | 'without'> {
  readonly where: readonly string[];
}

/**
 * Takes out the conditions whose name is no column but that of a note (`condition=treated`), and finds the keys for which
 * they hold. A column goes before a note of the same name.
 */
export async function separateNotes(
  texts: readonly string[],
  table: Table,
  store: Pick<StoreReader, 'select' | 'count'>,
): Promise<SeparatedConditions> {
  const where: string[] = [];
  const without: string[] = [];
  let within: readonly string[] | undefined;
  for (const text of texts) {
    const name = conditionName(text);
    if (name === null || !NOTED.has(table.name) || hasColumn(table, name) || !(await isNoted(name, store))) {
      where.push(text);
      continue;
    }
    // The condition as one on the value of a note, which is text.
    const condition = parseCondition(`value${text.trimStart().slice(name.length)}`, TABLES.annotations);
    const { keys, isMeant } = await keysFor(name, condition, store);
    if (isMeant) within = within?.filter((key) => keys.has(key)) ?? [...keys];
    else without.push(...keys);
  }
  return {
    where,
    ...(within === undefined ? {} : { within }),
    ...(without.length === 0 ? {} : { without }),
  };
}

function hasColumn(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name.toLowerCase());
}

function named(name: string): Condition {
  return { column: 'name', operator: '=', value: name };
}

async function isNoted(name: string, store: Pick<StoreReader, 'count'>): Promise<boolean> {
  return (await store.count({ table: 'annotations', where: [named(name)] })) > 0;
}

/** Keys of the records for which a condition holds, or, for `!=` and what is missing, of those for which it does not. */
async function keysFor(
  name: string,
  condition: Condition,
  store: Pick<StoreReader, 'select'>,
): Promise<{ readonly keys: ReadonlySet<string>; readonly isMeant: boolean }> {
  const isMeant = condition.operator !== '!=' && condition.operator !== 'empty';
  const positive: Condition =
    condition.operator === '!='
      ? { ...condition, operator: '=' }
      : condition.operator === 'empty'
        ? { ...condition, operator: 'filled' }
        : condition;
  const compare = numberTest(condition);
  const where = compare === null ? [named(name), positive] : [named(name)];
  const keys = new Set<string>();
  for await (const rows of store.select({ table: 'annotations', where, columns: ['key', 'value'] })) {
    for (const { key, value } of rows) if (compare?.(Number(value)) ?? true) keys.add(String(key));
  }
  return { keys, isMeant };
}

/** `dose>=10` compares numbers: as texts 9 would be the greater. Null for everything else. */
function numberTest({ operator, value }: Condition): ((number: number) => boolean) | null {
  const limit = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(limit)) return null;
  switch (operator) {
    case '<':
      return (number) => number < limit;
    case '<=':
      return (number) => number <= limit;
    case '>':
      return (number) => number > limit;
    case '>=':
      return (number) => number >= limit;
    default:
      return null;
  }
}
