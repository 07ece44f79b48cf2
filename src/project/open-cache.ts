import { join } from 'node:path';
import type { BackendContext, BackendOptions } from '../cache/backend-registry.ts';
import type { Config } from '../config/schema.ts';
import { proxyFor } from '../http/wire/proxy-server.ts';
import type { CacheBackends } from '../ports/cache.ts';
import type { BodySerializers } from '../ports/cache-serializer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reporter } from '../ports/reporter.ts';
import { blobRegistry, metadataRegistry, type PluginExtensions, serializerRegistry } from './plugin-extensions.ts';
import { readNetwork } from './read-network.ts';

/** What the back ends of the cache are opened with. */
export interface CachePlace {
  readonly config: Config;
  /** Absolute. */
  readonly cacheDir: string;
  readonly clock: Pick<Clock, 'now'>;
  /** The project's folder (absolute). */
  readonly root: string;
  /** For the credentials of services, and the proxies before them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Pick<Reporter, 'emit'>;
  /** What plug-ins bring. Default nothing. */
  readonly plugins?: { readonly extensions: PluginExtensions };
}

function useFolderOf({ config, cacheDir }: CachePlace): string | undefined {
  return config.cache.blob.backend === 'memory' ? undefined : join(cacheDir, 'use-v1');
}

/** The back ends with where their use is noted. */
export interface OpenCache extends CacheBackends {
  /** Absent: nowhere, since the bodies end with the process. */
  readonly useFolder?: string;
}

/** Opens the back ends that the configuration names: the one place, for requests and for `celline cache`. */
export async function openCacheBackends(place: CachePlace): Promise<OpenCache> {
  const { cache } = place.config;
  const extensions = place.plugins?.extensions;
  const kinds = { metadata: metadataRegistry(extensions), blobs: blobRegistry(extensions) };
  const [metadata, blobs] = await Promise.all([
    kinds.metadata.open(cache.metadata.backend, contextOf(place, cache.metadata)),
    kinds.blobs.open(cache.blob.backend, contextOf(place, cache.blob)),
  ]);
  const isShared = [kinds.metadata.find(cache.metadata.backend), kinds.blobs.find(cache.blob.backend)].some(
    (facts) => facts?.shared === true,
  );
  const serializers = serializersOf(place);
  const useFolder = useFolderOf(place);
  return { metadata, blobs, serializers, shared: isShared, ...(useFolder === undefined ? {} : { useFolder }) };
}

/** Settings that stand beside the name of the back end, and those under `options`, are one to it. */
function contextOf(
  { config, root, cacheDir, clock, env, reporter }: CachePlace,
  { backend: _, options, ...own }: { readonly backend: string; readonly options: BackendOptions },
): BackendContext {
  const given = Object.entries({ ...own, ...options }).filter(([, value]) => value !== undefined);
  return {
    folder: cacheDir,
    now: () => clock.now(),
    options: Object.fromEntries(given),
    env,
    network: async () => {
      const { proxy, authorities } = await readNetwork(config, root, env);
      return { proxyOf: (service) => proxyFor(service, proxy)?.url.href ?? null, authorities };
    },
    warn: (message) => reporter.emit({ type: 'warning', message }),
  };
}

/** What was stored compressed can be read whatever is chosen now. */
function serializersOf({ config: { cache }, plugins }: CachePlace): BodySerializers {
  const serializers = serializerRegistry(plugins?.extensions);
  return cache.compress ? serializers : { choose: () => null, find: (name) => serializers.find(name) };
}
