import { relative, resolve } from 'node:path';
import { printable } from '../../../formats/printable.ts';
import type { App } from '../../app-type.ts';
import { quoted } from '../../command-text.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { optionalNumber, optionalText } from '../../flag-values.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db backup` was asked. */
export interface BackupOptions {
  /** Folder for the backup; absent: that of the configuration. */
  readonly to?: string;
  /** So many stay, the newest. */
  readonly keep?: number;
}

/** Flags to options. */
export function parse({ flags }: CommandInput): BackupOptions {
  return { ...optionalText(flags, 'to'), ...optionalNumber(flags, 'keep', { least: 1, isWhole: true }) };
}

/** Makes a backup and prints its name, size and path. */
export async function run({ to, keep }: BackupOptions, app: App): Promise<number> {
  const { backups } = await (await app.openProject()).care();
  const made = await backups.create({
    ...(to === undefined ? {} : { to: resolve(app.cwd, to) }),
    ...(keep === undefined ? {} : { keep }),
  });
  const columns = [
    { name: 'backup' },
    { name: 'number', numeric: true },
    { name: 'rows', numeric: true },
    { name: 'bytes', numeric: true },
    { name: 'path' },
  ];
  const { name, sequence, rows, bytes } = made;
  const path = relative(app.cwd, made.path) || '.';
  await printRows(app, { columns }, [[{ backup: name, number: sequence, rows, bytes, path }]]);
  const way = to === undefined ? name : printable(path);
  await app.say(`${plural(rows, 'row')} are safe. To go back to them: celline db restore ${quoted(way)}`);
  return EXIT.ok;
}
