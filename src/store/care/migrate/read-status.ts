import type { Migration } from '../../../migrations/migration.ts';
import type { MigrationStatus, PluginColumnInfo } from '../../../ports/store-care.ts';
import type { HandlerColumns } from '../../../records/plugin-column.ts';
import { typeName } from '../../../records/sql-type.ts';
import { FORMAT_VERSION, type Manifest } from '../../manifest/manifest.ts';
import { type ColumnConflict, declaredColumns, pluginShape, sourceOf } from '../../manifest/plugin-shape.ts';
import { findNewerFiles } from '../../parquet/newer-files.ts';
import type { CareContext } from '../care-context.ts';
import { migrationState, readProjectMigrations } from './project-folder.ts';

/** Where a store stands; reads, changes nothing. */
export async function readStatus(
  care: CareContext,
  folder: string | null,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  const { context } = care;
  const newest = await context.log.newest();
  const version = newest.sequence === 0 ? null : newest.format;
  const declared = context.pluginColumns ?? [];
  const own = await readProjectMigrations(folder);
  return {
    version,
    current: FORMAT_VERSION,
    migrations: migrations.map(({ version: number, name, says }) => ({
      version: number,
      name,
      says,
      isApplied: version !== null && number <= version,
    })),
    project: own.map((one) => ({
      name: one.name,
      path: one.path,
      says: one.says,
      state: migrationState(newest.tables, one),
    })),
    columns: columnsOf(newest, declared),
    newer: await findNewerFiles(context.layout, newest),
  };
}

/** Stored columns that their plug-ins removed or retyped. */
export function conflictsOf(manifest: Manifest, declared: readonly HandlerColumns[]): ColumnConflict[] {
  return Object.entries(manifest.tables).flatMap(([name, state]) => pluginShape(name, state, declared).conflicts);
}

function columnsOf(manifest: Manifest, declared: readonly HandlerColumns[]): PluginColumnInfo[] {
  return Object.entries(manifest.tables).flatMap(([name, state]) => {
    const { extra, conflicts } = pluginShape(name, state, declared);
    const wanted = declaredColumns(declared, sourceOf(name, state.table), state.table);
    return extra.map((column): PluginColumnInfo => {
      const isStored = state.extra.includes(column);
      const now = wanted.find((one) => one.column.name === column.name);
      const conflict = conflicts.find(({ stored }) => stored === column);
      const changed = conflict?.declared === null ? 'removed' : 'retyped';
      const unchanged = !isStored ? 'new' : now === undefined ? 'unused' : 'current';
      return {
        table: name,
        column: column.name,
        handler: now?.handler ?? column.handler ?? '',
        stored: isStored ? typeName(column) : null,
        declared: now === undefined ? null : typeName(now.column),
        state: conflict === undefined ? unchanged : changed,
      };
    });
  });
}
