import type { CacheRemoval } from '../ports/cache-care.ts';
import type { App } from './app-type.ts';
import { printRows } from './print-rows.ts';
import { byteSize } from './render/byte-size.ts';

const COLUMNS = ['entries', 'bodies', 'bytes'].map((name) => ({ name, numeric: true }));

/** Prints what went from the cache, or would, and says how much room that is. */
export async function printRemoval({ entries, bodies, bytes }: CacheRemoval, dryRun: boolean, app: App): Promise<void> {
  await printRows(app, { columns: COLUMNS }, [[{ entries, bodies, bytes }]]);
  if (entries + bodies === 0) return app.say('No stored answer matches.');
  const size = byteSize(BigInt(bytes));
  await app.say(dryRun ? `${size} would be freed. Nothing was removed (--dry-run).` : `${size} freed.`);
}
