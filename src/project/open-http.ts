import { tmpdir } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import type { Secrets } from '../config/environment.ts';
import type { Config } from '../config/schema.ts';
import { createHttpStack, type HttpStack } from '../http/client.ts';
import type { HttpStackSettings, ProxySettings } from '../http/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { DoorOptions } from './create-project.ts';
import type { HandlerSetup } from './handler-setup.ts';
import { openCacheBackends } from './open-cache.ts';
import { VERSION } from './version.ts';

/** What the HTTP stack of a project is made from. */
export interface HttpFacts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly root: string;
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
}

/** The HTTP stack of a project, made at the first door that is opened. */
export interface ProjectHttp {
  of(setup: HandlerSetup, options: DoorOptions): Promise<Http>;
  close(): Promise<void>;
}

/** Prepares the stack; opens nothing yet. */
export function openHttp(facts: HttpFacts): ProjectHttp {
  let stack: Promise<HttpStack> | null = null;
  return {
    async of(setup, options) {
      stack ??= createStack(facts);
      return (await stack).forHandler({
        name: setup.handler.name,
        hosts: setup.handler.hosts,
        ttl: setup.ttl,
        signal: options.signal,
        refresh: options.refresh,
        ...(setup.apiUrl === undefined ? {} : { apiUrl: setup.apiUrl }),
        ...(setup.rateLimit === undefined ? {} : { rateLimit: setup.rateLimit }),
        ...(setup.handler.auth === 'content' && setup.key !== undefined
          ? { credential: { type: 'bearer' as const, token: setup.key } }
          : {}),
      });
    },
    close: async () => (await stack)?.close(),
  };
}

async function createStack(facts: HttpFacts): Promise<HttpStack> {
  const { config, secrets, cacheDir, clock, reporter } = facts;
  const backends = await openCacheBackends(facts);
  const settings: HttpStackSettings = {
    clock,
    random: Math.random,
    report: (event) => reporter.emit(event),
    userAgent: `celline/${VERSION}`,
    cache: { ...backends, maxBytes: config.cache.maxBytes },
    spoolFolders: [cacheDir, tmpdir()],
    maxWaitMs: config.maxWait * 1000,
    offline: config.offline,
    proxy: proxyOf(facts.env),
    ...(config.timeout === undefined ? {} : { firstByteTimeoutMs: config.timeout * 1000 }),
    ...(config.caFile === undefined ? {} : { caFiles: [resolvePath(facts.root, config.caFile)] }),
    ...(config.email === undefined ? {} : { email: config.email }),
    ...(secrets.ncbiKey === undefined ? {} : { ncbiKey: secrets.ncbiKey }),
  };
  return createHttpStack(settings);
}

/** Proxies as the usual variables name them, in either case; the lower-case form wins as in curl. */
function proxyOf(env: HttpFacts['env']): ProxySettings {
  const of = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const entries = { http: of('HTTP_PROXY'), https: of('HTTPS_PROXY'), no: of('NO_PROXY') };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
