import { formatProjectMigration, type ProjectMigration } from '../../../migrations/project-migration.ts';
import { sqlType, typeName } from '../../../records/sql-type.ts';
import type { ColumnConflict } from '../../manifest/plugin-shape.ts';
import { shapeOf } from './rewrite-table.ts';

/** The migration that a changed column needs, for the user to look at. Values that do not fit become NULL. */
function draftOf({
  table,
  source,
  handler,
  stored,
  declared,
}: ColumnConflict): Omit<ProjectMigration, 'name' | 'path'> {
  if (declared === null) {
    const says = `${handler} removed ${stored.name} (${typeName(stored)}): the column and its values go.`;
    return { says, source, steps: [{ step: 'drop_column', table, column: stored.name }] };
  }
  const column = shapeOf(declared);
  const value = `TRY_CAST("${stored.name}" AS ${sqlType(column)})`;
  const says = `${handler} changed ${stored.name} from ${typeName(stored)} to ${typeName(column)}; what does not fit becomes NULL.`;
  return { says, source, steps: [{ step: 'retype_column', table, column, value }] };
}

/** `0003-custom-score.json`: the first free number. */
export function draftName({ source, stored }: ColumnConflict, taken: readonly string[]): string {
  const numbers = taken.map((name) => Number(/^\d+/.exec(name)?.[0] ?? 0));
  const number = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
  return `${number}-${source.toLowerCase()}-${stored.name}`;
}

/** True when a migration that waits already says the same. */
export function isDrafted(conflict: ColumnConflict, waiting: readonly ProjectMigration[]): boolean {
  const wanted = draftOf(conflict).steps[0];
  const columnOf = (column: string | { readonly name: string }): string =>
    typeof column === 'string' ? column : column.name;
  return waiting.some(
    ({ source, steps }) =>
      source === conflict.source &&
      steps.some(
        (step) =>
          step.step === wanted?.step && step.table === wanted.table && columnOf(step.column) === conflict.stored.name,
      ),
  );
}

/** The file of a draft. */
export function draftText(conflict: ColumnConflict): string {
  return formatProjectMigration(draftOf(conflict));
}
