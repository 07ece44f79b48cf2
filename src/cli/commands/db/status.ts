import { relative } from 'node:path';
import type { PrintRow } from '../../../formats/cell.ts';
import type { MigrationStatus, PluginColumnInfo } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import { EXIT } from '../../exit-code.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** `celline db status` takes no options. */
export function parse(): Readonly<Record<string, never>> {
  return {};
}

/** Prints where the tables stand, one row per migration, column of a plug-in and file of a newer celline. */
export async function run(_options: Readonly<Record<string, never>>, app: App): Promise<number> {
  const project = await app.openProject();
  const { migrations } = await project.care();
  const status = await migrations.status();
  const columns = [{ name: 'kind' }, { name: 'name' }, { name: 'state' }, { name: 'detail' }];
  await printRows(app, { columns }, [rowsOf(status, app.cwd)]);
  await app.say(sayingOf(status));
  return status.newer.length > 0 ? EXIT.store : EXIT.ok;
}

function rowsOf({ migrations, project, columns, newer }: MigrationStatus, cwd: string): PrintRow[] {
  return [
    ...migrations.map(({ version, name, says, isApplied }) => ({
      kind: 'version',
      name: `${version} ${name}`,
      state: isApplied ? 'done' : 'pending',
      detail: says,
    })),
    ...project.map(({ name, state, says }) => ({ kind: 'migration', name, state, detail: says })),
    ...columns.map((column) => ({
      kind: 'column',
      name: `${column.table}.${column.column}`,
      state: column.state,
      detail: detailOf(column),
    })),
    ...newer.map(({ path, format }) => ({
      kind: 'file',
      name: relative(cwd, path),
      state: 'newer',
      detail: `Format ${format}: made by a newer celline.`,
    })),
  ];
}

function detailOf({ handler, stored, declared }: PluginColumnInfo): string {
  const by = handler === '' ? 'a plug-in' : handler;
  if (stored === null) return `${declared}, declared by ${by}; no row was written since.`;
  if (declared === null) return `${stored}; ${by} does not declare it now.`;
  return stored === declared ? `${stored}, by ${by}.` : `Stored as ${stored}, declared by ${by} as ${declared}.`;
}

function sayingOf({ version, current, project, columns, newer }: MigrationStatus): string {
  if (newer.length > 0) return `${plural(newer.length, 'file')} of a newer celline: update this one.`;
  if (version === null) return `Nothing is stored yet; the first add makes version ${current}.`;
  const changed = columns.filter(({ state }) => state === 'removed' || state === 'retyped');
  const waits = project.some(({ state }) => state === 'pending');
  if (waits || version < current) return `Version ${version} of ${current}. Next: celline db migrate`;
  if (changed.length > 0) {
    return `${plural(changed.length, 'column')} of plug-ins changed: writes are refused. Next: celline db migrate --draft`;
  }
  return `Version ${version}, the newest.`;
}
