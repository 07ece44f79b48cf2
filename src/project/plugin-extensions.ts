import type { BackendRegistry } from '../cache/backend-registry.ts';
import { createBlobRegistry } from '../cache/blob/registry.ts';
import { createMetadataRegistry } from '../cache/metadata/registry.ts';
import { createSerializerRegistry, type SerializerRegistry } from '../cache/serializers/registry.ts';
import { errorMessage } from '../errors/error-message.ts';
import type { Contributions } from '../plugins/read-plugin.ts';
import type { BlobBackend, MetadataBackend } from '../ports/cache.ts';
import { createStoreRegistry, type StoreRegistry } from '../store/registry.ts';

/** What plug-ins bring besides handlers. */
export type PluginExtensions = readonly Omit<Contributions, 'handlers'>[];

/** What can be registered of what plug-ins bring, and why the rest cannot: that costs no other plug-in, and no id. */
export function fitExtensions(plugins: readonly (PluginExtensions[number] & { readonly module: string })[]): {
  readonly extensions: PluginExtensions;
  readonly warnings: readonly string[];
} {
  const [stores, metadata, blobs, serializers] = [
    storeRegistry(),
    metadataRegistry(),
    blobRegistry(),
    serializerRegistry(),
  ];
  const warnings: string[] = [];
  const extensions = plugins.map(({ module, ...brings }) => {
    const fitting = <T>(kind: string, things: readonly T[], register: (thing: T) => void): T[] =>
      things.filter((thing) => {
        const reason = complaintOf(() => register(thing));
        if (reason !== null) warnings.push(`a ${kind} of the plug-in ${module} is left out: ${reason}`);
        return reason === null;
      });
    return {
      stores: fitting('storage back end', brings.stores, stores.registerStore),
      metadataBackends: fitting('metadata back end', brings.metadataBackends, metadata.register),
      blobBackends: fitting('blob back end', brings.blobBackends, blobs.register),
      serializers: fitting('serializer', brings.serializers, ({ serializer, place }) =>
        serializers.registerSerializer(serializer, place),
      ),
    };
  });
  return { extensions, warnings };
}

function complaintOf(register: () => void): string | null {
  try {
    register();
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

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
