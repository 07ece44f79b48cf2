import type { PrintColumn } from '../formats/cell.ts';
import { isNumeric } from '../records/sql-type.ts';
import type { Column, TableName } from '../records/table.ts';

/** The columns that a person sees without asking: as many as say something at 80 to 200 cells, the most telling first. */
const FOR_PEOPLE: Readonly<Record<TableName, readonly string[]>> = {
  samples: ['key', 'title', 'organism', 'tissue', 'parent', 'cell_type', 'library_strategy', 'date'],
  runs: ['key', 'parent', 'layout', 'spots', 'file_type', 'file_size', 'experiment', 'instrument', 'date'],
  projects: ['key', 'title', 'organism', 'type', 'date'],
  files: ['parent', 'name', 'role', 'origin', 'bytes', 'md5'],
  links: ['key', 'alias', 'kind'],
  annotations: ['key', 'name', 'value', 'updated_at'],
  asked: ['id', 'outcome', 'key', 'reason', 'answered_at'],
  jobs: ['number', 'task', 'title', 'state', 'outcome', 'key', 'started_at', 'reason'],
  job_files: ['job', 'direction', 'path', 'rows', 'rows_added', 'rows_updated'],
};

/** Those of the columns that a table on a terminal shows. */
export function columnsForPeople(table: TableName, columns: readonly PrintColumn[]): readonly PrintColumn[] {
  const wanted = FOR_PEOPLE[table];
  return wanted.flatMap((name) => columns.filter((column) => column.name === name));
}

/** A column of a table as one to print. */
export function printColumn({ name, type }: Pick<Column, 'name' | 'type'>): PrintColumn {
  return isNumeric({ type }) ? { name, numeric: true } : { name };
}
