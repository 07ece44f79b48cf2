import type { App } from '../../app-type.ts';
import { EXIT } from '../../exit-code.ts';
import { printRows } from '../../print-rows.ts';

/** `celline cache backends` takes no options. */
export function parse(): Readonly<Record<string, never>> {
  return {};
}

/** Prints one row per back end. */
export async function run(_options: Readonly<Record<string, never>>, app: App): Promise<number> {
  const backends = (await (await app.openProject()).cache()).backends();
  const rows = backends.map(({ kind, name, description, requiredPackages, unavailable, isInUse }) => ({
    kind,
    name,
    in_use: isInUse,
    usable: unavailable === null,
    why_not: unavailable,
    packages: requiredPackages,
    description,
  }));
  const columns = ['kind', 'name', 'in_use', 'usable', 'why_not', 'packages', 'description'].map((name) => ({ name }));
  await printRows(app, { columns }, [rows]);
  return EXIT.ok;
}
