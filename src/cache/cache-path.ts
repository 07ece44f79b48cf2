import { join } from 'node:path';

/** Version of the layout below the cache folder; another layout gets another folder. */
export const CACHE_LAYOUT = 'v1';

const SAFE_KEY = /^[a-z0-9][a-z0-9_-]*\/[0-9a-z][0-9a-z._-]*$/;

/**
 * The file of a key: `geo/fa931a45…` with suffix `.cache` becomes `<folder>/v1/geo/fa/fa931a45….cache`.
 * Spread over 256 folders, so that 100,000 entries are some 400 names in each. Throws a RangeError on a key that could leave the folder.
 */
export function cachePath(folder: string, key: string, suffix: string): string {
  if (!SAFE_KEY.test(key)) {
    throw new RangeError(`not a cache key: ${JSON.stringify(key)} (expected <handler>/<name>)`);
  }
  const [handler = '', name = ''] = key.split('/');
  return join(folder, CACHE_LAYOUT, handler, name.slice(0, 2), `${name}${suffix}`);
}
