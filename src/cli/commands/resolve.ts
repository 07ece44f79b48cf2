import type { PrintRow } from '../../formats/cell.ts';
import type { Resolution } from '../../project/project.ts';
import type { App } from '../app-type.ts';
import type { CommandInput } from '../command-type.ts';
import { exitCodeOfFound } from '../exit-code.ts';
import { isSet } from '../flag-values.ts';
import { printRows } from '../print-rows.ts';
import { type IdSources, idSources, readIds } from '../read-ids.ts';

/** What `celline resolve` was asked. */
export interface ResolveOptions {
  readonly sources: IdSources;
  /** Every claimant, not only the first. */
  readonly isAll: boolean;
}

/** Flags to options. */
export function parse(input: CommandInput): ResolveOptions {
  return { sources: idSources(input), isAll: isSet(input.flags, 'all') };
}

/** Prints how each id is understood; an id without a handler counts as missing. */
export async function run(options: ResolveOptions, app: App): Promise<number> {
  const ids = await readIds(options.sources, app);
  const project = await app.openProject();
  const resolutions = await project.resolve(ids);
  const columns = [
    { name: 'given' },
    { name: 'id' },
    { name: 'archive' },
    { name: 'level' },
    { name: options.isAll ? 'handlers' : 'handler' },
    { name: 'reason' },
  ];
  await printRows(app, { columns }, [resolutions.map(resolutionRow)]);
  const known = resolutions.filter(({ handlers }) => handlers.length > 0).length;
  return exitCodeOfFound(known, resolutions.length - known);
}

function resolutionRow({ given, id, archive, level, handlers, reason }: Resolution): PrintRow {
  return { given, id, archive, level, handlers, handler: handlers[0] ?? null, reason };
}
