import { errorMessage } from '../errors/error-message.ts';
import type { CacheUse } from '../ports/cache-care.ts';
import type { BodyExpectation, Http, HttpEvent } from '../ports/http.ts';
import { createSpool, type Spool } from './body/spool.ts';
import { type KeptStore, openKeptStore } from './cache/kept-store.ts';
import { createCacheLayer } from './cache/layer.ts';
import { NO_USE } from './cache/use-log.ts';
import { createCheckLayer } from './check.ts';
import { closeAll } from './close-all.ts';
import type { Exchange, Send } from './exchange.ts';
import { createHandlerHttp } from './handler-http.ts';
import { createLimitLayer } from './limit/limit.ts';
import { createOperatorBudgets, type OperatorBudgets } from './limit/operator-budget.ts';
import { createLocalSlots } from './limit/slot-source.ts';
import { createObserveLayer } from './observe/observe.ts';
import { type Asked, type DeclaredHosts, prepareExchange } from './prepare.ts';
import { createRedirectLayer } from './redirect.ts';
import { createCredentialGate } from './secrets/credential-gate.ts';
import { credentialText, hideCredential, hideProxies, sendsNcbiKey, takesNcbiIdentity } from './secrets/identity.ts';
import { hidingSecrets, maskedTexts } from './secrets/masked.ts';
import { createSecretMask, type SecretMask } from './secrets/secret-mask.ts';
import type { HandlerHttpSettings, HttpStackSettings } from './settings.ts';
import { createShareLayer } from './share.ts';
import { Stop, stopOf } from './stop.ts';
import { createCircuitLayer } from './trouble/circuit-layer.ts';
import { createCircuits } from './trouble/operator-circuit.ts';
import { createRetryLayer } from './trouble/retry.ts';
import { tellingWaitsOnce } from './trouble/wait-news.ts';
import { createWire, type OpenLane } from './wire/wire.ts';

/** Milliseconds without a good answer of an operator after which waiting on refusals ends: 10 minutes. */
const MAX_WAIT_MS = 600_000;

/** Milliseconds without a good answer of an operator in trouble after which it is given up: 3 minutes. */
const MAX_TROUBLE_MS = 180_000;

/** Milliseconds for a connection to open, unless the configured time-out is shorter. */
const CONNECT_MS = 10_000;

/** One HTTP stack: the cache, the budgets and the connections of a process. */
export interface HttpStack {
  /** A handler's door. */
  forHandler(handler: HandlerHttpSettings): Http;
  /** What the cache served, missed and found damaged; zeros without a cache. */
  cacheCounts(): CacheUse;
  /** Closes the connections, trims the cache to its cap and removes temporary files. Never fails. */
  close(): Promise<void>;
}

/** Creates the stack. Makes no request, opens no file and loads no network code before the first request. */
export function createHttpStack(settings: HttpStackSettings): HttpStack {
  const { clock, cache, offline = false, recorder } = settings;
  const secrets = secretsOf(settings);
  const report = tellingWaitsOnce((event: HttpEvent) => settings.report(maskedTexts(event, secrets)), clock);
  const spool = createSpool(settings.spoolFolders, clock);
  const warn = (message: string) => report({ type: 'warning', message });
  const entries = openKeptStore(cache, { clock, spool, warn, secrets });
  const budgets = createOperatorBudgets(settings.slots ?? createLocalSlots(clock));
  const wire = openWire(settings, spool);
  const circuitOf = createCircuits({ clock, report, maxTroubleMs: settings.maxTroubleMs ?? MAX_TROUBLE_MS });
  const send = createLayers(settings, { secrets, report, warn, entries, circuitOf, open: wire.open });

  return {
    forHandler: (handler) => {
      if (handler.credential !== undefined) hideCredential(handler.credential, secrets);
      const hosts = declareHosts(handler, settings, budgets);
      const asker = handler.signal === undefined ? new Stop() : stopOf(handler.signal);
      const preparer = { stack: settings, handler, hosts };
      const prepare = (request: Asked, expect: BodyExpectation) => prepareExchange(request, expect, preparer, asker);
      for (const check of handler.checks ?? []) {
        const question = preparedCheck(() => prepare(check, check.expect), handler.name, warn);
        if (question !== null) circuitOf(question.operator).checkedBy(question);
      }
      return createHandlerHttp({
        send: (request, expect) => hidingSecrets(secrets, () => send(prepare(request, expect))),
        forget: async (request) => (offline ? undefined : entries?.forget(prepare(request, request.expect).key)),
      });
    },
    cacheCounts: () => entries?.counts() ?? NO_USE,
    async close() {
      const closing = closeAll([
        () => recorder?.close(),
        () => wire.close(),
        () => spool.close(),
        () => entries?.close(),
      ]);
      await closing.catch((error) => warn(`the cache could not be tidied: ${errorMessage(error)}`));
    },
  };
}

/** What is asked while an archive is in trouble; null, with a warning, when it cannot be asked. */
function preparedCheck(prepare: () => Exchange, handler: string, warn: (message: string) => void): Exchange | null {
  try {
    return prepare();
  } catch (error) {
    warn(`a check of the handler "${handler}" cannot be asked: ${errorMessage(error)}`);
    return null;
  }
}

function openWire(settings: HttpStackSettings, spool: Spool) {
  const { clock, userAgent, proxy = {}, authorities = [], lookup } = settings;
  const connectTimeoutMs = Math.min(CONNECT_MS, settings.firstByteTimeoutMs ?? CONNECT_MS);
  const given = lookup === undefined ? {} : { lookup };
  return createWire({ clock, spool, userAgent, proxy, authorities, connectTimeoutMs, ...given });
}

/** What the layers work with, beside the settings. */
interface LayerParts {
  readonly secrets: SecretMask;
  readonly report: (event: HttpEvent) => void;
  readonly warn: (message: string) => void;
  readonly entries: KeptStore | null;
  readonly circuitOf: ReturnType<typeof createCircuits>;
  readonly open: OpenLane;
}

/** The way of a request, first layer first. Sharing stands before the cache, so that equal requests are looked up and stored once. */
function createLayers(
  settings: HttpStackSettings,
  { secrets, report, warn, entries, circuitOf, open }: LayerParts,
): Send {
  const { clock, random, offline = false, maxWaitMs = MAX_WAIT_MS, recorder, replayer } = settings;
  const { mask } = secrets;
  const observe = createObserveLayer({ clock, report });
  const outer = [observe, createShareLayer()];
  // What a recording answers is checked like what an archive says: it may have been changed.
  if (replayer !== undefined) return stack([...outer, createCheckLayer(mask)], replayer.send);
  return stack(
    [
      ...outer,
      // Before the cache, so that a warm one makes a whole recording too.
      ...(recorder === undefined ? [] : [recorder.layer(secrets)]),
      ...(entries === null && !offline ? [] : [createCacheLayer({ clock, report, entries, offline })]),
      createCircuitLayer({ clock, circuitOf }),
      createRetryLayer({ clock, random, report, circuitOf }),
      createCheckLayer(mask),
      createRedirectLayer(mask),
      createCredentialGate({ warn, mask, observe }),
    ],
    createLimitLayer({ clock, report, maxWaitMs })(open),
  );
}

/** Puts layers over each other, the first one outermost. */
function stack(layers: readonly ((next: Send) => Send)[], innermost: Send): Send {
  return layers.reduceRight((next, layer) => layer(next), innermost);
}

function declareHosts(
  handler: HandlerHttpSettings,
  settings: HttpStackSettings,
  budgets: OperatorBudgets,
): DeclaredHosts {
  const { hosts, rateLimit, apiUrl } = handler;
  const origin = apiUrl === undefined ? null : new URL(apiUrl).origin;
  const credentialAt = createCredentialAt(handler, settings);
  return new Map(
    hosts.map((limit) => {
      const terms = { credential: credentialAt(limit.operator), origin, rateLimit };
      return [limit.host, { limit, operator: budgets.declare(limit, terms) }] as const;
    }),
  );
}

/** Gives what an operator counts a handler's requests by. NCBI's key counts at all its hosts, and at no other operator. */
function createCredentialAt(handler: HandlerHttpSettings, settings: HttpStackSettings) {
  const { hosts, credential, isAnonymous = false } = handler;
  const ncbi = isAnonymous ? [] : hosts.filter(({ host }) => takesNcbiIdentity(host)).map(({ operator }) => operator);
  const ncbiKey = sendsNcbiKey(settings, handler) ? (settings.ncbiKey ?? null) : null;
  const own = credential === undefined ? null : credentialText(credential);
  return (operator: string): string | null => own ?? (ncbi.includes(operator) ? ncbiKey : null);
}

/** What a stack must never show; credentials that only a handler's door brings are added there. */
function secretsOf(settings: HttpStackSettings): SecretMask {
  const secrets = createSecretMask();
  if (settings.ncbiKey !== undefined) secrets.add(settings.ncbiKey);
  for (const text of settings.hidden ?? []) secrets.add(text);
  hideProxies(settings, secrets);
  return secrets;
}
