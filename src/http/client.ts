import { setMaxListeners } from 'node:events';
import type { Http, HttpRequest } from '../ports/http.ts';
import { type CacheCounts, createEntryStore, type EntryStore } from './cache/entry.ts';
import { createCacheLayer } from './cache/layer.ts';
import { isTimeToTrim, trimCache } from './cache/trim.ts';
import { createCheckLayer, type Mask } from './check.ts';
import type { Send } from './exchange.ts';
import { createHandlerHttp } from './handler-http.ts';
import { createLimitLayer } from './limit.ts';
import { createObserveLayer } from './observe.ts';
import { createOperatorBudgets, type OperatorBudgets } from './operator-budget.ts';
import { type DeclaredHosts, prepareExchange, takesNcbiIdentity } from './prepare.ts';
import { followRedirects } from './redirect.ts';
import { createRetryLayer } from './retry.ts';
import type { HandlerHttpSettings, HttpStackSettings } from './settings.ts';
import { createShareLayer } from './share.ts';
import { createLocalSlots } from './slot-source.ts';
import { createSpool, type Spool } from './spool.ts';
import { createWire } from './wire.ts';

/** Milliseconds without a good answer of an operator after which waiting on refusals ends: 10 minutes. */
const MAX_WAIT_MS = 600_000;

/** Milliseconds for a connection to open, unless the configured time-out is shorter. */
const CONNECT_MS = 10_000;

/** One HTTP stack: the cache, the budgets and the connections of a process. */
export interface HttpStack {
  /** A handler's door. */
  forHandler(handler: HandlerHttpSettings): Http;
  /** What the cache served, missed and found damaged; zeros without a cache. */
  cacheCounts(): CacheCounts;
  /** Closes the connections, trims the cache to its cap and removes temporary files. Never fails. */
  close(): Promise<void>;
}

/** Creates the stack. Makes no request, opens no file and loads no network code before the first request. */
export function createHttpStack(settings: HttpStackSettings): HttpStack {
  const { clock, random, report, cache, offline = false, maxWaitMs = MAX_WAIT_MS } = settings;
  const secrets = new Set(settings.ncbiKey ? [settings.ncbiKey] : []);
  const spool = createSpool(settings.spoolFolders, clock);
  const warn = (message: string) => report({ type: 'warning', message });
  const entries = cache === null ? null : createEntryStore({ backends: cache, spool, warn });
  const budgets = createOperatorBudgets(settings.slots ?? createLocalSlots(clock));
  const { userAgent, proxy = {}, caFiles = [] } = settings;
  const connectTimeoutMs = Math.min(CONNECT_MS, settings.firstByteTimeoutMs ?? CONNECT_MS);
  const wire = createWire({ clock, spool, userAgent, proxy, caFiles, connectTimeoutMs });

  // The way of a request, first layer first. Sharing stands before the cache, so that equal requests are looked up and stored once.
  const send = stack(
    [
      createObserveLayer({ clock, report }),
      createShareLayer(),
      createCacheLayer({ clock, report, entries, offline }),
      createRetryLayer({ clock, random, report }),
      createCheckLayer(maskOf(secrets)),
      followRedirects,
    ],
    createLimitLayer({ clock, report, maxWaitMs })(wire.open),
  );

  return {
    forHandler: (handler) => {
      noteSecrets(handler, secrets);
      const hosts = declareHosts(handler, settings, budgets);
      const signal = handler.signal ?? new AbortController().signal;
      // Every request under way listens to it: more than ten are no leak.
      setMaxListeners(0, signal);
      return createHandlerHttp(async (request: HttpRequest) =>
        send(prepareExchange(request, { stack: settings, handler, hosts }, signal)),
      );
    },
    cacheCounts: () => entries?.counts() ?? { hits: 0, misses: 0, damaged: 0, bytesStored: 0 },
    close: () => closeStack(settings, entries, spool, () => wire.close()),
  };
}

/** Puts layers over each other, the first one outermost. */
function stack(layers: readonly ((next: Send) => Send)[], innermost: Send): Send {
  return layers.reduceRight((next, layer) => layer(next), innermost);
}

function declareHosts(
  { hosts, credential, rateLimit, apiUrl }: HandlerHttpSettings,
  { ncbiKey }: HttpStackSettings,
  budgets: OperatorBudgets,
): DeclaredHosts {
  // NCBI's key counts for all its hosts, since they share one budget.
  const isNcbi = hosts.some(({ host }) => takesNcbiIdentity(host));
  const own = credential === undefined ? null : JSON.stringify(credential);
  const origin = apiUrl === undefined ? null : new URL(apiUrl).origin;
  const terms = { credential: own ?? (isNcbi && ncbiKey ? ncbiKey : null), origin, rateLimit };
  return new Map(hosts.map((limit) => [limit.host, { limit, operator: budgets.declare(limit, terms) }] as const));
}

function noteSecrets({ credential }: HandlerHttpSettings, secrets: Set<string>): void {
  if (credential === undefined) return;
  secrets.add(credential.type === 'bearer' ? credential.token : credential.password);
}

function maskOf(secrets: ReadonlySet<string>): Mask {
  return (text) => {
    let masked = text;
    for (const secret of secrets) masked = secret === '' ? masked : masked.replaceAll(secret, '***');
    return masked;
  };
}

async function closeStack(
  { cache, random, clock, report }: HttpStackSettings,
  entries: EntryStore | null,
  spool: Spool,
  closeWire: () => Promise<void>,
): Promise<void> {
  try {
    await closeWire();
    await spool.close();
    if (cache === null || entries === null) return;
    if (isTimeToTrim(entries.counts().bytesStored, cache.maxBytes, random())) {
      await trimCache(cache, cache.maxBytes, clock.now());
    }
    await cache.metadata.close();
    await cache.blobs.close();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report({ type: 'warning', message: `the cache could not be tidied: ${why}` });
  }
}
