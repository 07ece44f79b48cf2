import { relative } from 'node:path';
import type { PrintRow } from '../../../formats/cell.ts';
import { printable } from '../../../formats/printable.ts';
import type { CheckpointRow } from '../../../ports/store-care.ts';
import type { App } from '../../app-type.ts';
import type { CommandInput } from '../../command-type.ts';
import { EXIT } from '../../exit-code.ts';
import { printRows } from '../../print-rows.ts';
import { plural } from '../../render/plural.ts';

/** What `celline db checkpoint` was asked. */
export interface CheckpointOptions {
  /** Logical or physical tables; empty: all. */
  readonly tables: readonly string[];
}

/** Flags to options. */
export function parse({ args }: CommandInput): CheckpointOptions {
  return { tables: args };
}

/** Prints one row per table as it is done. */
export async function run(options: CheckpointOptions, app: App): Promise<number> {
  const project = await app.openProject();
  const care = await project.care();
  const done: CheckpointRow[] = [];
  const columns = [
    { name: 'table' },
    { name: 'rows', numeric: true },
    { name: 'segments', numeric: true },
    { name: 'merged', numeric: true },
    { name: 'was_behind', numeric: true },
    { name: 'ms', numeric: true },
    { name: 'path' },
  ];
  await printRows(app, { columns }, rowsOf(care.checkpoint(options.tables), done, app.cwd));
  for (const { path, movedAside } of done) {
    if (movedAside === null || path === null) continue;
    await app.say(`${printable(path)} was not written by this project: it is now ${printable(movedAside)}.`);
  }
  await app.say(summaryOf(done));
  return EXIT.ok;
}

async function* rowsOf(
  tables: AsyncIterable<CheckpointRow>,
  done: CheckpointRow[],
  cwd: string,
): AsyncIterable<readonly PrintRow[]> {
  for await (const table of tables) {
    done.push(table);
    const { name, rows, segments, behind, ms, path } = table;
    const merged = Math.max(0, segments.before - segments.after);
    const shown = path === null ? null : relative(cwd, path);
    yield [
      { table: name, rows, segments: segments.after, merged, was_behind: behind, ms: Math.round(ms), path: shown },
    ];
  }
}

function summaryOf(done: readonly CheckpointRow[]): string {
  if (done.length === 0) return 'Nothing is stored yet.';
  const rows = done.reduce((sum, table) => sum + table.rows, 0);
  const seconds = done.reduce((sum, table) => sum + table.ms, 0) / 1000;
  const plain = done.some(({ path }) => path === null) ? ' store.plainTables is false: no plain files are kept.' : '';
  return `${plural(done.length, 'table')}, ${plural(rows, 'row')}, ${seconds.toFixed(1)} s.${plain}`;
}
