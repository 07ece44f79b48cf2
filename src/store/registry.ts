import { ConfigError } from '../errors/config-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { StoreFacts } from '../ports/backend.ts';
import type { Store } from '../ports/store.ts';
import { createMemoryStore } from './memory-store.ts';
import { createParquetStore, type ParquetStoreSettings } from './parquet/parquet-store.ts';

/** A storage back end as the registry keeps it; a built-in one is given more than the port promises. */
interface StoreEntry extends Omit<StoreFacts, 'open'> {
  open(settings: ParquetStoreSettings): Store;
}

/** Storage back ends by name. */
export interface StoreRegistry {
  /** Adds a back end. A `PluginError` when the name is taken or empty, or a fact is missing. */
  registerStore(facts: StoreFacts): void;
  /** Takes a back end out, built-ins too; false when there was none. */
  unregisterStore(name: string): boolean;
  /** All, in the order in which they were registered, built-ins first. */
  listStores(): readonly Omit<StoreFacts, 'open'>[];
  /** Makes the store of this name; the error of an unknown one names those that there are. */
  createStore(name: string, settings: ParquetStoreSettings): Store;
}

const BUILT_IN: readonly StoreEntry[] = [
  {
    name: 'parquet',
    description: 'Parquet files in the tables folder, with their history; the default',
    open: createParquetStore,
  },
  {
    name: 'memory',
    description: 'gone when the process ends',
    open: ({ pluginColumns = [] }) => createMemoryStore({ pluginColumns }),
  },
];

/** A registry with the built-in back ends `parquet` and `memory`. */
export function createStoreRegistry(): StoreRegistry {
  const known = new Map(BUILT_IN.map((facts) => [facts.name, facts]));
  return {
    registerStore(facts) {
      checkFacts(facts);
      if (known.has(facts.name)) {
        throw new PluginError(`a storage back end named ${facts.name} is registered already`, {
          hint: 'choose another name, or unregister that one first',
          fields: { backend: facts.name },
        });
      }
      known.set(facts.name, facts);
    },
    unregisterStore: (name) => known.delete(name),
    listStores: () => [...known.values()].map(({ open: _, ...shown }) => shown),
    createStore(name, settings) {
      const facts = known.get(name);
      if (facts !== undefined) return facts.open(settings);
      throw new ConfigError(`There is no storage back end named ${name}.`, {
        hint: `Set store.backend to one of: ${[...known.keys()].join(', ')}.`,
      });
    },
  };
}

function checkFacts({ name, description, open }: StoreFacts): void {
  const isGood =
    typeof name === 'string' && name !== '' && typeof description === 'string' && typeof open === 'function';
  if (isGood) return;
  throw new PluginError('a storage back end needs a name, a description and a function open', {
    hint: 'see StoreFacts of celline',
    fields: { backend: String(name) },
  });
}
