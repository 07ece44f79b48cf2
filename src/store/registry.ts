import { ConfigError } from '../errors/config-error.ts';
import type { Store } from '../ports/store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createParquetStore, type ParquetStoreSettings } from './parquet/parquet-store.ts';

/** Makes a store of one kind. */
export type StoreFactory = (settings: ParquetStoreSettings) => Store;

/** Storage back ends by name. */
export interface StoreRegistry {
  /** Adds a back end; a name that is taken is refused. */
  registerStore(name: string, factory: StoreFactory): void;
  /** Takes a back end out; false when there was none. */
  unregisterStore(name: string): boolean;
  /** The names, sorted. */
  listStores(): readonly string[];
  /** Makes the store of this name; the error of an unknown one names those that there are. */
  createStore(name: string, settings: ParquetStoreSettings): Store;
}

/** A registry with the built-in back ends `parquet` and `memory`. */
export function createStoreRegistry(): StoreRegistry {
  const factories = new Map<string, StoreFactory>([
    ['memory', ({ pluginColumns = [] }) => createMemoryStore({ pluginColumns })],
    ['parquet', createParquetStore],
  ]);
  const listStores = (): string[] => [...factories.keys()].sort();
  return {
    registerStore: (name, factory) => {
      if (factories.has(name)) {
        throw new ConfigError(`There is a storage back end named ${name} already.`, {
          hint: 'Choose another name, or unregister that one first.',
        });
      }
      factories.set(name, factory);
    },
    unregisterStore: (name) => factories.delete(name),
    listStores,
    createStore: (name, settings) => {
      const factory = factories.get(name);
      if (factory !== undefined) return factory(settings);
      throw new ConfigError(`There is no storage back end named ${name}.`, {
        hint: `Set store.backend to one of: ${listStores().join(', ')}.`,
      });
    },
  };
}
