import { environmentPrefix } from '../config/environment.ts';
import type { Config } from '../config/schema.ts';
import { type Secrets, takenSchemes } from '../config/secrets.ts';
import type { Handler } from '../ports/handler.ts';
import type { HostLimit } from '../ports/http.ts';
import { credentialOf, credentialVariables, type HeldCredential } from './handler-credential.ts';
import type { UnusablePlugin } from './open-plugins.ts';
import type { HandlerInfo } from './project.ts';

/** The settings of one handler as they stand. */
export interface HandlerSetup {
  readonly handler: Handler;
  /** Seconds for which an answer is fresh. */
  readonly ttl: number;
  readonly apiUrl: string | undefined;
  readonly rateLimit: number | undefined;
  /** The credential that it sends; NCBI's key, which is the stack's, is none of them. */
  readonly held: HeldCredential | undefined;
  /** True when it may count on the higher limit of a key. */
  readonly hasKey: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Settles what the configuration says of a handler. */
export function setUpHandler(handler: Handler, config: Config, secrets: Secrets): HandlerSetup {
  const settings = config.handlers[handler.name];
  const held = credentialOf(handler, secrets);
  return {
    handler,
    ttl: settings?.cacheTtl ?? handler.ttl ?? config.cache.ttl,
    apiUrl: settings?.apiUrl,
    rateLimit: settings?.rateLimit,
    held,
    hasKey: held !== undefined || (usesNcbiKey(handler) && secrets.ncbiKey !== undefined),
    options: settings?.options ?? {},
  };
}

/** False for a service that everybody runs on their own while nothing says that this user has one. */
export function isInUse({ handler, apiUrl, held }: HandlerSetup): boolean {
  return handler.selfHosted !== true || apiUrl !== undefined || held !== undefined;
}

/** The setting that names the mirror of a handler, with its variable, for messages. */
export function apiUrlSetting(handler: Handler): string {
  return `handlers.${handler.name}.apiUrl (${environmentPrefix(handler)}_API_URL)`;
}

/** True when the limit of a handler depends on NCBI's key. */
function usesNcbiKey(handler: Handler): boolean {
  return handler.auth === 'rate' && handler.credential === undefined;
}

/** The limits of a handler's hosts. Who runs a service says alone how fast it may be asked; at others a setting only lowers. */
export function hostLimits({ handler, rateLimit }: HandlerSetup): readonly HostLimit[] {
  if (handler.selfHosted !== true || rateLimit === undefined) return handler.hosts;
  return handler.hosts.map(({ perSecondWithKey: _published, ...host }) => ({ ...host, perSecond: rateLimit }));
}

/** Requests per second that an operator allows a handler, with the key and the setting that lowers it. */
export function rateOf(operator: string, setup: HandlerSetup): number {
  const rates = hostLimits(setup)
    .filter((host) => host.operator === operator)
    .map((host) => (setup.hasKey ? (host.perSecondWithKey ?? host.perSecond) : host.perSecond));
  return Math.min(...rates, setup.rateLimit ?? Number.POSITIVE_INFINITY);
}

/** A handler as `celline handlers` shows it; `priority` null: the configuration leaves it out. */
export function describeHandler(setup: HandlerSetup, priority: number | null, builtIn: boolean): HandlerInfo {
  const { handler } = setup;
  return {
    name: handler.name,
    description: handler.description,
    priority,
    builtIn,
    state: priority === null ? 'disabled' : 'ready',
    unavailable: null,
    source: handler.source,
    patterns: handler.patterns,
    hosts: handler.hosts.map(({ host, operator, source }) => ({
      host,
      operator,
      perSecond: rateOf(operator, setup),
      source,
    })),
    auth: authOf(setup),
    url: setup.apiUrl ?? handler.baseUrl ?? null,
  };
}

/** A plug-in that cannot be used, as `celline handlers` shows it: with the reason. */
export function describeUnusable({ name, module, reason }: UnusablePlugin): HandlerInfo {
  return {
    name,
    description: module,
    priority: null,
    builtIn: false,
    state: 'unavailable',
    unavailable: reason,
    source: '',
    patterns: [],
    hosts: [],
    auth: 'none',
    url: null,
  };
}

function authOf(setup: HandlerSetup): string {
  const { handler, held, hasKey } = setup;
  if (takenSchemes(handler).length > 0) {
    return held === undefined
      ? `no credential (${credentialVariables(handler)})`
      : `${held.credential.type} credential set`;
  }
  const raised = handler.hosts.find((host) => host.perSecondWithKey !== undefined);
  if (!usesNcbiKey(handler) || raised === undefined) return 'none';
  if (hasKey) return `key set (${raised.perSecondWithKey} requests per second at ${raised.operator})`;
  return `no key (${raised.perSecond} requests per second at ${raised.operator}; ${raised.perSecondWithKey} with NCBI_API_KEY)`;
}
