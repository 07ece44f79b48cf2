import type { Written } from '../../ports/store.ts';
import type { Row, TableName } from '../../records/table.ts';
import { TABLES } from '../../records/tables.ts';
import type { Draft } from './draft.ts';

/** What a commit writes into one physical table. */
export interface TableEdits {
  /** `GEO_SAMPLES`, `LINKS`. */
  readonly name: string;
  readonly table: TableName;
  /** Whole rows, added or changed. */
  readonly rows: Row[];
  /** Rows that are there no more, as they were. */
  readonly removed: Row[];
  /** Rows added less rows removed. */
  growth: number;
}

/** The physical table of a row: one per source (`GEO_SAMPLES`), or one for the project (`LINKS`). */
export function physicalName(table: TableName, row: Row): string {
  const name = table.toUpperCase();
  return TABLES[table].perSource ? `${String(row.source)}_${name}` : name;
}

/** The edits of a draft by physical table; a record whose source changed leaves one table and enters another. */
export function tableEdits(draft: Draft): TableEdits[] {
  const edits = new Map<string, TableEdits>();
  const of = (table: TableName, row: Row): TableEdits => {
    const name = physicalName(table, row);
    const known = edits.get(name) ?? { name, table, rows: [], removed: [], growth: 0 };
    edits.set(name, known);
    return known;
  };
  for (const table of Object.keys(draft.tables) as TableName[]) {
    for (const { before, after } of draft.tables[table].values()) {
      if (before === after) continue;
      const source = before === null ? null : of(table, before);
      const target = after === null ? null : of(table, after);
      if (source !== null) source.growth -= 1;
      if (target !== null && after !== null) {
        target.growth += 1;
        target.rows.push(after);
      }
      if (source !== null && before !== null && source !== target) source.removed.push(before);
    }
  }
  return [...edits.values()];
}

/** Tables about jobs: what they hold is no work of a job. */
const ABOUT_JOBS: ReadonlySet<TableName> = new Set<TableName>(['jobs', 'job_files']);

/** Rows that some edits add, change and remove, by physical table, without those about jobs. */
export function writtenRows(edits: readonly TableEdits[]): Written {
  const records = edits.filter(({ table }) => !ABOUT_JOBS.has(table));
  const counts = records.map(({ name, rows, removed, growth }) => {
    const added = growth + removed.length;
    return [name, { added, updated: rows.length - added, removed: removed.length }] as const;
  });
  return Object.fromEntries(counts);
}
