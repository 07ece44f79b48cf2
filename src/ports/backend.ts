import type { Clock } from './clock.ts';
import type { Store } from './store.ts';
import type { PluginColumns } from './store-care.ts';

/** What a back end is opened with. */
export interface BackendContext {
  /** Cache folder of the project (absolute). */
  readonly folder: string;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** The back end's own settings. Default none. */
  readonly options?: BackendOptions;
  /** Environment variables, for credentials. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How services are reached; a `ConfigError` when a variable or `caFile` is wrong. Default: directly. */
  readonly network?: () => Promise<BackendNetwork>;
  /** A line for the user. Default: it is dropped. */
  readonly warn?: (message: string) => void;
}

/** The way to a service, as it is to the archives. */
export interface BackendNetwork {
  /** Address of the proxy before a service, perhaps with user and password; null: none. */
  proxyOf(service: URL): string | null;
  /** Certificate authorities (PEM) beside those of Node. */
  readonly authorities: readonly string[];
}

/** Settings of a back end by name. */
export type BackendOptions = Readonly<Record<string, unknown>>;

/** A kind of back end: how it is named and how one is opened. */
export interface BackendFacts<T> {
  readonly name: string;
  /** One line: what it is good for. */
  readonly description: string;
  /** Packages that it loads and that may be missing. Default none. */
  readonly requiredPackages?: readonly string[];
  /** True for a service that others may read: answers to a credential are not put there. Default false. */
  readonly shared?: boolean;
  /** Its settings: name and what it is. Default none. */
  readonly options?: Readonly<Record<string, string>>;
  /** What keeps it from being used here (a package, a newer Node), or null. Default: nothing. */
  missing?(): Promise<string | null>;
  /** Opens one; called only when the back end is used. Connects to nothing yet: a service that is away is a broken cache, no failure. */
  open(context: BackendContext): T | Promise<T>;
}

/** What a storage back end is made with. */
export interface StoreContext {
  /** The tables folder (`DB/`), absolute; made when something is written. */
  readonly dir: string;
  readonly clock: Clock;
  /** Columns that the registered handlers add to tables of their sources; default none. */
  readonly pluginColumns?: PluginColumns;
}

/** A storage back end: how it is named and how one is made. */
export interface StoreFacts extends Pick<BackendFacts<Store>, 'name' | 'description' | 'requiredPackages' | 'missing'> {
  /** Makes one; called only when it is used. Opens nothing yet. */
  open(context: StoreContext): Store;
}
