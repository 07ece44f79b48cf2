import type { MetadataBackend } from '../../ports/cache.ts';
import { type BackendRegistry, createBackendRegistry } from '../backend-registry.ts';
import { createJsonMetadata } from './json.ts';
import { createMemoryMetadata } from './memory.ts';

/** The metadata back ends, with the built-in ones: `json` (default) and `memory`. */
export function createMetadataRegistry(): BackendRegistry<MetadataBackend> {
  return createBackendRegistry<MetadataBackend>(
    'cache metadata',
    ['putEntry', 'getEntry', 'removeEntry', 'listEntries', 'updateAccessTime', 'getStats', 'clear', 'close'],
    [
      {
        name: 'json',
        description: 'one JSON file per entry in the cache folder',
        open: ({ folder }) => createJsonMetadata(folder),
      },
      {
        name: 'memory',
        description: 'gone when the process ends',
        open: ({ now }) => createMemoryMetadata(now),
      },
    ],
  );
}
