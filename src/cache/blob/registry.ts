import type { BlobBackend } from '../../ports/cache.ts';
import { type BackendRegistry, createBackendRegistry } from '../backend-registry.ts';
import { createFilesystemBlobs } from './filesystem.ts';
import { createMemoryBlobs } from './memory.ts';

/** The blob back ends, with the built-in ones: `filesystem` (default) and `memory`. */
export function createBlobRegistry(): BackendRegistry<BlobBackend> {
  return createBackendRegistry<BlobBackend>(
    'cache blob',
    ['put', 'get', 'delete', 'exists', 'listKeys', 'close'],
    [
      {
        name: 'filesystem',
        description: 'one file per body in the cache folder',
        open: ({ folder }) => createFilesystemBlobs(folder),
      },
      {
        name: 'memory',
        description: 'gone when the process ends',
        open: ({ now }) => createMemoryBlobs(now),
      },
    ],
  );
}
