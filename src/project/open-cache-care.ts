import { createSpool } from '../http/body/spool.ts';
import { openCacheCare } from '../http/cache/care/open-cache-care.ts';
import { createUseLog } from '../http/cache/use-log.ts';
import type { BackendInfo, CacheCare } from '../ports/cache-care.ts';
import type { HandlerSetup } from './handler-setup.ts';
import { type CachePlace, openCacheBackends } from './open-cache.ts';
import { blobRegistry, metadataRegistry } from './plugin-extensions.ts';

/** What the care of the cache needs of the project. */
export interface CacheCareFacts extends CachePlace {
  /** The settings of each registered handler. */
  setups(): readonly HandlerSetup[];
}

/** Opens what looks after the cache, over the back ends that requests use. */
export async function openProjectCacheCare(facts: CacheCareFacts): Promise<CacheCare> {
  const { config, cacheDir, clock } = facts;
  const extensions = facts.plugins?.extensions;
  const setups = new Map(facts.setups().map((setup) => [setup.handler.name, setup]));
  const backends = await openCacheBackends(facts);
  return openCacheCare({
    backends,
    clock,
    spool: createSpool([cacheDir], clock),
    useLog: createUseLog(backends.useFolder ?? null),
    maxBytes: config.cache.maxBytes,
    ttlOf: (handler) => setups.get(handler)?.ttl ?? config.cache.ttl,
    operatorOf: (handler, host) =>
      setups.get(handler)?.handler.hosts.find((limit) => limit.host === host)?.operator ?? null,
    known: [
      ...(await describe('metadata', metadataRegistry(extensions).list(), config.cache.metadata.backend)),
      ...(await describe('blob', blobRegistry(extensions).list(), config.cache.blob.backend)),
    ],
  });
}

/** A back end as its registry lists it. */
interface ListedBackend {
  readonly name: string;
  readonly description: string;
  readonly requiredPackages?: readonly string[];
  missing?(): Promise<string | null>;
}

function describe(
  kind: BackendInfo['kind'],
  backends: readonly ListedBackend[],
  chosen: string,
): Promise<BackendInfo[]> {
  return Promise.all(
    backends.map(async ({ name, description, requiredPackages = [], missing }) => ({
      kind,
      name,
      description,
      requiredPackages,
      unavailable: (await missing?.()) ?? null,
      isInUse: name === chosen,
    })),
  );
}
