import { createBlobRegistry } from '../cache/blob/registry.ts';
import { createMetadataRegistry } from '../cache/metadata/registry.ts';
import type { Config } from '../config/schema.ts';
import type { CacheBackends } from '../ports/cache.ts';
import type { Clock } from '../ports/clock.ts';

/** What the back ends of the cache are opened with. */
export interface CachePlace {
  readonly config: Config;
  /** Absolute. */
  readonly cacheDir: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Opens the back ends that the configuration names: the one place, for requests and for `celline cache`. */
export async function openCacheBackends({ config, cacheDir, clock }: CachePlace): Promise<CacheBackends> {
  const context = { folder: cacheDir, now: () => clock.now() };
  const [metadata, blobs] = await Promise.all([
    createMetadataRegistry().open(config.cache.metadata.backend, context),
    createBlobRegistry().open(config.cache.blob.backend, context),
  ]);
  return { metadata, blobs };
}
