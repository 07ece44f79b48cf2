import type { BackendRegistry } from '../cache/backend-registry.ts';
import { createBlobRegistry } from '../cache/blob/registry.ts';
import { createMetadataRegistry } from '../cache/metadata/registry.ts';
import { createSerializerRegistry, type SerializerRegistry } from '../cache/serializers/registry.ts';
import type { BlobBackend, MetadataBackend } from '../ports/cache.ts';
import { createStoreRegistry, type StoreRegistry } from '../store/registry.ts';
import type { OpenPlugins } from './open-plugins.ts';

/** What plug-ins bring besides handlers. */
export type PluginExtensions = OpenPlugins['extensions'];

/** The storage back ends, with those of plug-ins. A name that is taken is a `PluginError`. */
export function storeRegistry(extensions: PluginExtensions = []): StoreRegistry {
  const registry = createStoreRegistry();
  for (const { stores } of extensions) for (const facts of stores) registry.registerStore(facts);
  return registry;
}

/** The back ends for the index of the cache, with those of plug-ins. */
export function metadataRegistry(extensions: PluginExtensions = []): BackendRegistry<MetadataBackend> {
  const registry = createMetadataRegistry();
  for (const { metadataBackends } of extensions) for (const facts of metadataBackends) registry.register(facts);
  return registry;
}

/** The back ends for the bodies of the cache, with those of plug-ins. */
export function blobRegistry(extensions: PluginExtensions = []): BackendRegistry<BlobBackend> {
  const registry = createBlobRegistry();
  for (const { blobBackends } of extensions) for (const facts of blobBackends) registry.register(facts);
  return registry;
}

/** How bodies are kept in the cache, with the ways of plug-ins. */
export function serializerRegistry(extensions: PluginExtensions = []): SerializerRegistry {
  const registry = createSerializerRegistry();
  for (const { serializers } of extensions) {
    for (const { serializer, place } of serializers) registry.registerSerializer(serializer, place);
  }
  return registry;
}
