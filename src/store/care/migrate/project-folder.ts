import { join } from 'node:path';
import { type ProjectMigration, parseProjectMigration } from '../../../migrations/project-migration.ts';
import { listFolder, makeFolder, readTextIfThere, writeSynced } from '../../disk/disk.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { ColumnConflict } from '../../manifest/plugin-shape.ts';
import { isOfSource } from './apply-steps.ts';
import { draftName, draftText, isDrafted } from './draft-migration.ts';

/** The migrations in a project's folder, in the order of their names; none when there is no folder. */
export async function readProjectMigrations(folder: string | null): Promise<ProjectMigration[]> {
  if (folder === null) return [];
  const names = (await listFolder(folder)).filter((name) => /^\d{4}-.*\.json$/.test(name)).sort();
  const migrations: ProjectMigration[] = [];
  for (const file of names) {
    const path = join(folder, file);
    const text = await readTextIfThere(path);
    if (text !== null) migrations.push(parseProjectMigration(text, file.slice(0, -'.json'.length), path));
  }
  return migrations;
}

/** Physical tables that a migration concerns and that have not been through it. */
export function tablesWaiting(
  tables: Manifest['tables'],
  { name, source, steps }: Pick<ProjectMigration, 'name' | 'source' | 'steps'>,
): string[] {
  return tablesOf(tables, source, steps).filter((table) => tables[table]?.migrations?.includes(name) !== true);
}

/** Where a migration of the project stands. */
export function migrationState(tables: Manifest['tables'], migration: ProjectMigration): 'pending' | 'done' | 'empty' {
  if (tablesOf(tables, migration.source, migration.steps).length === 0) return 'empty';
  return tablesWaiting(tables, migration).length > 0 ? 'pending' : 'done';
}

function tablesOf(tables: Manifest['tables'], source: string, steps: ProjectMigration['steps']): string[] {
  return Object.entries(tables)
    .filter(
      ([name, state]) => isOfSource(name, state.table, source) && steps.some(({ table }) => table === state.table),
    )
    .map(([name]) => name);
}

/** Writes a draft for each conflict that no waiting migration settles; gives the paths of the new files. */
export async function writeDrafts(
  folder: string,
  conflicts: readonly ColumnConflict[],
  tables: Manifest['tables'],
): Promise<string[]> {
  const there = await readProjectMigrations(folder);
  const waiting = there.filter((migration) => tablesWaiting(tables, migration).length > 0);
  const names = there.map(({ name }) => name);
  const written: string[] = [];
  for (const conflict of conflicts.filter((one) => !isDrafted(one, waiting))) {
    const name = draftName(conflict, names);
    names.push(name);
    await makeFolder(folder);
    const path = join(folder, `${name}.json`);
    await writeSynced(path, draftText(conflict));
    written.push(path);
  }
  return written;
}
