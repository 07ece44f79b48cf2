import { PluginError } from '../errors/plugin-error.ts';
import type { BackendFacts, StoreFacts } from '../ports/backend.ts';
import type { BlobBackend, MetadataBackend } from '../ports/cache.ts';
import type { BodySerializer } from '../ports/cache-serializer.ts';
import { checkHandler, PORT_VERSION } from '../ports/check-handler.ts';
import type { AnyHandler, Plugin, PluginHost, PluginPlace } from '../ports/plugin.ts';

/** What a plug-in brings. */
export interface Contributions {
  readonly handlers: readonly { readonly handler: AnyHandler; readonly place: PluginPlace }[];
  readonly serializers: readonly { readonly serializer: BodySerializer; readonly place: PluginPlace }[];
  readonly metadataBackends: readonly BackendFacts<MetadataBackend>[];
  readonly blobBackends: readonly BackendFacts<BlobBackend>[];
  readonly stores: readonly StoreFacts[];
}

type Gathered = { -readonly [Name in keyof Contributions]: Contributions[Name][number][] };

type Fields = Readonly<Record<string, unknown>>;

/** Members by which an object is known as a `Plugin`. */
const LISTS = ['handlers', 'serializers', 'metadataBackends', 'blobBackends', 'stores'] as const;

/**
 * What the module of a plug-in brings, by its `default`. A function is called; what is no plug-in, or a handler that lacks
 * something, is a `PluginError` that says so.
 */
export async function readPlugin(module: unknown): Promise<Contributions> {
  const exported = exportOf(module);
  const gathered: Gathered = { handlers: [], serializers: [], metadataBackends: [], blobBackends: [], stores: [] };
  if (typeof exported === 'function') await exported(hostOf(gathered));
  else if (Array.isArray(exported)) for (const handler of exported) gathered.handlers.push(checked(handler, {}));
  else if (isPlugin(exported)) gather(exported, gathered);
  else gathered.handlers.push(checked(exported, {}));
  if (LISTS.every((name) => gathered[name].length === 0)) throw nothingIn();
  return gathered;
}

/** The packages that a plug-in says it needs. */
export function requiredPackagesOf(module: unknown): readonly string[] {
  const exported = exportOf(module);
  const listed = isPlugin(exported) ? exported.requiredPackages : undefined;
  return Array.isArray(listed) ? listed.filter((name): name is string => typeof name === 'string') : [];
}

/** `default` of a module, also inside another one as compilers write it; of CommonJS without one, what it exports itself. */
function exportOf(module: unknown): unknown {
  let exported = module;
  while (isFields(exported) && 'default' in exported) exported = exported.default;
  if (exported === undefined || isNamespace(exported)) throw nothingIn();
  return exported;
}

/** True for what a module exports by names. */
function isNamespace(value: unknown): boolean {
  return isFields(value) && (Reflect.get(value, Symbol.toStringTag) === 'Module' || value.__esModule === true);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isPlugin(value: unknown): value is Plugin {
  return isFields(value) && !Array.isArray(value) && [...LISTS, 'requiredPackages'].some((name) => name in value);
}

function gather(plugin: Plugin, gathered: Gathered): void {
  const { portVersion } = plugin;
  if (portVersion !== undefined && portVersion !== PORT_VERSION) {
    throw new PluginError(
      `it was written for version ${String(portVersion)} of the plug-in port, this celline speaks version ${PORT_VERSION}`,
      { hint: 'install a version of the plug-in or of celline that fits the other' },
    );
  }
  for (const name of LISTS) {
    if (plugin[name] === undefined || Array.isArray(plugin[name])) continue;
    throw new PluginError(`its member ${name} is no list`, { hint: 'see Plugin of celline' });
  }
  const host = hostOf(gathered);
  for (const handler of plugin.handlers ?? []) host.registerHandler(handler);
  for (const serializer of plugin.serializers ?? []) host.registerSerializer(serializer);
  for (const facts of plugin.metadataBackends ?? []) host.registerMetadataBackend(facts);
  for (const facts of plugin.blobBackends ?? []) host.registerBlobBackend(facts);
  for (const facts of plugin.stores ?? []) host.registerStore(facts);
}

function hostOf(gathered: Gathered): PluginHost {
  return {
    registerHandler: (handler, place = {}) => void gathered.handlers.push(checked(handler, place)),
    registerSerializer: (serializer, place = {}) => void gathered.serializers.push({ serializer, place }),
    registerMetadataBackend: (facts) => void gathered.metadataBackends.push(facts),
    registerBlobBackend: (facts) => void gathered.blobBackends.push(facts),
    registerStore: (facts) => void gathered.stores.push(facts),
  };
}

function checked(handler: unknown, place: PluginPlace): { handler: AnyHandler; place: PluginPlace } {
  checkHandler(handler);
  return { handler, place };
}

function nothingIn(): PluginError {
  return new PluginError('it exports nothing that celline knows', {
    hint: 'write: export default defineHandler({ … })',
  });
}
