import type { Store } from '../../ports/store.ts';
import type { PluginColumns } from '../../ports/store-care.ts';

/** How a storage back end is tested. */
export interface StoreContract {
  /** Opens an empty store, whose records may carry these columns of plug-ins; called once per test. */
  open(pluginColumns?: PluginColumns): Promise<Store>;
  /** Closes a store and opens the same tables again; absent: they live as long as the store. */
  reopen?(store: Store): Promise<Store>;
}

/** Tests by name. */
export type StoreTests = Readonly<Record<string, (contract: StoreContract) => Promise<void>>>;

/** Tests of back ends whose tables outlive the store, by name. */
export type DurableStoreTests = Readonly<Record<string, (contract: Required<StoreContract>) => Promise<void>>>;
