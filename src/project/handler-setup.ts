import type { Secrets } from '../config/environment.ts';
import type { Config } from '../config/schema.ts';
import type { Handler } from '../ports/handler.ts';
import type { HandlerInfo } from './project.ts';

/** The settings of one handler as they stand. */
export interface HandlerSetup {
  readonly handler: Handler;
  /** Seconds for which an answer is fresh. */
  readonly ttl: number;
  readonly apiUrl: string | undefined;
  readonly rateLimit: number | undefined;
  /** The key of a handler whose answers, or limits, depend on one. */
  readonly key: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Settles what the configuration says of a handler. */
export function setUpHandler(handler: Handler, config: Config, secrets: Secrets): HandlerSetup {
  const settings = config.handlers[handler.name];
  return {
    handler,
    ttl: settings?.cacheTtl ?? handler.ttl ?? config.cache.ttl,
    apiUrl: settings?.apiUrl,
    rateLimit: settings?.rateLimit,
    key: handler.auth === 'rate' ? secrets.ncbiKey : secrets.handlerKeys[handler.name],
    options: settings?.options ?? {},
  };
}

/** Requests per second that an operator allows a handler, with the key and the setting that lowers it. */
export function rateOf(operator: string, setup: HandlerSetup): number {
  const rates = setup.handler.hosts
    .filter((host) => host.operator === operator)
    .map((host) => (setup.key === undefined ? host.perSecond : (host.perSecondWithKey ?? host.perSecond)));
  return Math.min(...rates, setup.rateLimit ?? Number.POSITIVE_INFINITY);
}

/** A handler as `celline handlers` shows it. */
export function describeHandler(setup: HandlerSetup, priority: number, builtIn: boolean): HandlerInfo {
  const { handler } = setup;
  return {
    name: handler.name,
    description: handler.description,
    priority,
    builtIn,
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
    url: setup.apiUrl ?? null,
  };
}

function authOf(setup: HandlerSetup): string {
  const { handler, key } = setup;
  if (handler.auth === undefined) return 'none';
  if (handler.auth === 'content') return key === undefined ? 'no credentials' : 'credentials set';
  const raised = handler.hosts.find((host) => host.perSecondWithKey !== undefined);
  if (raised === undefined) return 'none';
  if (key !== undefined) return `key set (${raised.perSecondWithKey} requests per second at ${raised.operator})`;
  return `no key (${raised.perSecond} requests per second at ${raised.operator}; ${raised.perSecondWithKey} with NCBI_API_KEY)`;
}
