import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { folderFault } from '../cache/folder-fault.ts';
import { makeFolders } from '../disk/make-folders.ts';
import type { CacheBackends } from '../ports/cache.ts';
import { check, failed } from './check-row.ts';
import type { Check } from './project.ts';

/** A key that no answer has: asking for it reaches the back end and reads nothing. */
const NO_KEY = 'doctor/00000000000000000000000000000000';

/** What is known of the cache of a project. */
export interface CacheFile {
  /** Absolute. */
  readonly folder: string;
  readonly metadata: string;
  readonly blob: string;
  /** Opens the back ends that are configured. */
  readonly open: () => Promise<CacheBackends>;
}

/** Says which back ends are in use and where, once both have answered; the folder lies beside them for files under way. */
export async function examineCache({ folder, metadata, blob, open }: CacheFile): Promise<Check> {
  try {
    const backends = await open();
    try {
      const asked = [backends.metadata.getEntry(NO_KEY), backends.blobs.exists(NO_KEY)];
      const away = (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      if (away.length > 0) return bothTold(away.map((error) => failed('cache', error)));
    } finally {
      await closeAll(backends);
    }
    const used = `metadata ${named(metadata, backends.metadata.place)}, bodies ${named(blob, backends.blobs.place)}`;
    return await examineFolder(`${used}; folder ${folder}`, folder);
  } catch (error) {
    return failed('cache', error);
  }
}

/** Two halves may be away at once: both are told in one row, what both say once. */
function bothTold(rows: readonly Check[]): Check {
  const details = new Set(rows.map(({ detail }) => detail));
  const hints = new Set(rows.flatMap(({ hint }) => (hint === null ? [] : [hint])));
  return check('cache', 'error', [...details].join('; '), [...hints].join('; ') || null);
}

function named(backend: string, place: string | undefined): string {
  return place === undefined ? backend : `${backend} (${place})`;
}

/** What does not close was told by what it answered. */
async function closeAll({ metadata, blobs }: CacheBackends): Promise<void> {
  await Promise.allSettled([metadata.close(), blobs.close()]);
}

async function examineFolder(used: string, path: string): Promise<Check> {
  try {
    await makeFolders(path);
    await access(path, constants.W_OK);
    return check('cache', 'ok', used);
  } catch (error) {
    const hint = 'Answers are not kept; set cacheDir to a folder that can be written.';
    return { ...failed('cache', folderFault(path, 'written', error)), state: 'warning', hint };
  }
}
