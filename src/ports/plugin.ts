import type { BackendFacts, StoreFacts } from './backend.ts';
import type { BlobBackend, MetadataBackend } from './cache.ts';
import type { BodySerializer } from './cache-serializer.ts';
import type { Handler } from './handler.ts';
import type { SmallHandler } from './small-handler.ts';

/** A handler in either form. */
export type AnyHandler = SmallHandler | Handler;

/** Where something of a plug-in stands among its kind. */
export interface PluginPlace {
  /** 0 is asked first; none is appended; a negative counts as 0, beyond the end appends. */
  readonly priority?: number;
  /** Replaces its own name. */
  readonly name?: string;
}

/** Everything that a plug-in may bring; every member is optional. */
export interface Plugin {
  /** For messages; default the name of the file or package. */
  readonly name?: string;
  /** Version of the port that it was written for. Default 1, the only one. */
  readonly portVersion?: number;
  /** Packages that it loads and that may be missing: then it is listed as unavailable, with their names. */
  readonly requiredPackages?: readonly string[];
  readonly handlers?: readonly AnyHandler[];
  /** How bodies are kept in the cache. */
  readonly serializers?: readonly BodySerializer[];
  /** Back ends for the index of the cache. */
  readonly metadataBackends?: readonly BackendFacts<MetadataBackend>[];
  /** Back ends for the bodies of the cache. */
  readonly blobBackends?: readonly BackendFacts<BlobBackend>[];
  /** Storage back ends. */
  readonly stores?: readonly StoreFacts[];
}

/** What a plug-in in the form of a function is given. What is registered counts when the function has ended well. */
export interface PluginHost {
  registerHandler(handler: AnyHandler, place?: PluginPlace): void;
  registerSerializer(serializer: BodySerializer, place?: PluginPlace): void;
  registerMetadataBackend(facts: BackendFacts<MetadataBackend>): void;
  registerBlobBackend(facts: BackendFacts<BlobBackend>): void;
  registerStore(facts: StoreFacts): void;
}

/**
 * What the module of a plug-in exports as `default`: a handler, a list of them, an object that says what it brings, or a
 * function that registers it.
 */
export type PluginExport =
  | AnyHandler
  | readonly AnyHandler[]
  | Plugin
  | ((celline: PluginHost) => void | Promise<void>);
