import { AuthError } from '../errors/auth-error.ts';
import { PluginError } from '../errors/plugin-error.ts';
import type { BodyExpectation, HostLimit, HttpRequest } from '../ports/http.ts';
import { cacheKey } from './cache/key.ts';
import { ANONYMOUS, type Exchange, type Identity, type Payload, type Route } from './exchange.ts';
import type { OperatorBudget } from './limit/operator-budget.ts';
import { newNotes } from './observe/notes.ts';
import { questionOf } from './recording/question.ts';
import {
  credentialText,
  handlerIdentity,
  isReadOnTheWay,
  ncbiIdentity,
  takesNcbiIdentity,
} from './secrets/identity.ts';
import { isPrivateParameter } from './secrets/private-parameter.ts';
import { publicUrl, secretValues } from './secrets/public-url.ts';
import type { HandlerHttpSettings, HttpStackSettings } from './settings.ts';
import { Stop } from './stop.ts';
import { isOfTheNetwork, mayBeCredential } from './wire/request-headers.ts';

/** Attempts in all. */
const ATTEMPTS = 3;

/** Milliseconds to the first byte and between bytes. */
const TIMEOUT_MS = 30_000;

/** Bytes of a body: 512 MiB; of JSON 64 MiB, since it is read as a whole (NCBI's own bound is 10 MB). */
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** What is asked, apart from the form of the answer. */
export type Asked = Omit<HttpRequest, 'expect'>;

const NO_HEADERS: Exchange['headers'] = {};
const NOTHING: readonly string[] = [];

/** A handler's hosts with their budgets, by host name. */
export type DeclaredHosts = ReadonlyMap<string, { readonly limit: HostLimit; readonly operator: OperatorBudget }>;

/** Who prepares: settings of the stack and of the handler. */
export interface Preparer {
  readonly stack: HttpStackSettings;
  readonly handler: HandlerHttpSettings;
  readonly hosts: DeclaredHosts;
}

/** Settles every question about a request. A request to an undeclared host is a `PluginError`. No request is made. */
export function prepareExchange(request: Asked, expect: BodyExpectation, preparer: Preparer, asker: Stop): Exchange {
  const declared = parseUrl(request.url, preparer.handler.name);
  const route = declaredRoute(declared, preparer, asker);
  const own = secretsWithin(request, declared);
  return exchangeOf({ request, expect, declared, route, own }, preparer, asker);
}

/** A request and what its address says. */
interface Addressed {
  readonly request: Asked;
  readonly expect: BodyExpectation;
  readonly declared: URL;
  readonly route: Route;
  /** What the handler wrote into places of a credential. */
  readonly own: readonly string[];
}

/** Each member by name: an object that begins with a spread and goes on for long costs more than the rest of the request. */
function exchangeOf({ request, expect, declared, route, own }: Addressed, preparer: Preparer, asker: Stop): Exchange {
  const { stack, handler } = preparer;
  const payload = payloadOf(request, route.identity);
  const method = request.method ?? (payload === null ? 'GET' : 'POST');
  const ttl = request.ttl ?? handler.ttl;
  return {
    url: route.url,
    shownUrl: route.shownUrl,
    mirror: route.mirror,
    operator: route.operator,
    identity: route.identity,
    handler: handler.name,
    label: request.label ?? null,
    notes: newNotes(),
    method,
    payload,
    headers: request.headers === undefined ? NO_HEADERS : headersOf(request.headers, handler.name),
    expect,
    key: keyOf({ request, route, own }, preparer, method, payload),
    question: () => questionOf(request, method, payload),
    storable: ttl > 0 && method !== 'HEAD' && (isOpenTo(handler, own) || mayStorePrivately(stack)),
    ttl,
    statedTtl: request.ttl ?? null,
    refresh: request.refresh ?? handler.refresh ?? false,
    repeatable: method !== 'POST' || request.lookup === true,
    attempts: request.attempts ?? handler.attempts ?? ATTEMPTS,
    doubtful: request.doubtful ?? false,
    evenInTrouble: request.evenInTrouble ?? false,
    attempt: 1,
    firstByteTimeoutMs: firstByteTimeoutOf(request, preparer, declared.host),
    idleTimeoutMs: stack.idleTimeoutMs ?? TIMEOUT_MS,
    maxBytes: request.maxBytes ?? (expect.kind === 'json' ? MAX_JSON_BYTES : MAX_BYTES),
    asker,
    stop: new Stop(),
    routeOf: (url) => routeOf(url, preparer, asker),
  };
}

function declaredRoute(declared: URL, preparer: Preparer, asker: Stop): Route {
  const { handler } = preparer;
  const route = routeOf(declared, preparer, asker);
  if (route === null) throw undeclared(declared, handler);
  const { identity, url } = route;
  if (identity !== ANONYMOUS && Object.keys(identity.headers).length > 0) checkIsHidden(url, handler);
  return route;
}

/** The configured one before all, then that of the request, then that of the host; for a mere check the shorter one. */
function firstByteTimeoutOf(request: Asked, { stack, hosts }: Preparer, host: string): number {
  const own = request.firstByteTimeoutMs ?? hosts.get(host)?.limit.firstByteTimeoutMs ?? TIMEOUT_MS;
  const configured = stack.firstByteTimeoutMs ?? own;
  return request.evenInTrouble === true ? Math.min(own, configured) : configured;
}

function parseUrl(text: string, handler: string): URL {
  try {
    return new URL(text);
  } catch {
    throw noAddress(text, handler);
  }
}

function noAddress(text: string, handler: string): PluginError {
  return new PluginError(`the handler "${handler}" asks for ${JSON.stringify(text)}, which is no address`, {
    fields: { handler },
  });
}

/** Where a declared address leads; null when its host is not declared, or when it would go over the network in the clear. */
function routeOf(declared: URL, preparer: Preparer, asker: Stop): Route | null {
  const { stack, handler, hosts } = preparer;
  const host = hosts.get(declared.host);
  if (host === undefined) return null;
  const { isAnonymous = false } = handler;
  if (isReadOnTheWay(declared) && handler.apiUrl === undefined && !isAnonymous) return null;
  const isNcbi = takesNcbiIdentity(declared.host) && !isAnonymous;
  const address = handler.apiUrl === undefined ? declared : underOrigin(declared, handler.apiUrl, handler.baseUrl);
  const shownUrl = publicUrl(address);
  return {
    // At NCBI the identity is the stack's alone: what a handler wrote itself would be sent twice.
    url: isNcbi && shownUrl !== address.href ? new URL(shownUrl) : address,
    shownUrl,
    mirror: handler.apiUrl === undefined ? null : (handler.apiUrlSetting ?? `handlers.${handler.name}.apiUrl`),
    operator: host.operator,
    identity: isNcbi
      ? ncbiIdentity(stack, handler)
      : handlerIdentity(handler, (request) => prepareExchange(request, request.expect, preparer, asker)),
  };
}

/**
 * `https://eutils.ncbi.nlm.nih.gov/entrez/x?y` under `http://127.0.0.1:9/mirror` is `http://127.0.0.1:9/mirror/entrez/x?y`; with
 * the base address `https://api.example.org/v1`, `https://api.example.org/v1/x` is `http://127.0.0.1:9/mirror/x`.
 */
function underOrigin(declared: URL, apiUrl: string, baseUrl: string | undefined): URL {
  const target = new URL(apiUrl);
  const prefix = withoutSlash(target.pathname);
  const base = baseUrl === undefined ? null : new URL(baseUrl);
  const own = base?.origin === declared.origin ? withoutSlash(base.pathname) : '';
  const isBelow = own !== '' && (declared.pathname === own || declared.pathname.startsWith(`${own}/`));
  const path = isBelow ? declared.pathname.slice(own.length) : declared.pathname;
  return new URL(`${target.origin}${prefix}${path}${declared.search}`);
}

function withoutSlash(path: string): string {
  return path.replace(/(?<!\/)\/+$/, '');
}

/** True when the answer is everybody's. `own`: what the handler wrote into places of a credential. */
function isOpenTo(handler: HandlerHttpSettings, own: readonly string[]): boolean {
  return hasOpenAnswers(handler) && own.length === 0;
}

/** True when the answers depend on no credential. */
function hasOpenAnswers({ credential, hasOpenAnswers: isOpen = false }: HandlerHttpSettings): boolean {
  return credential === undefined || isOpen;
}

/** Answers to a credential are stored under the user's secret, and only where nobody else reads. */
function mayStorePrivately({ cacheSecret, cache }: HttpStackSettings): boolean {
  return cacheSecret !== undefined && cache?.shared !== true;
}

/** A credential that anybody on the way could read is not sent; without it the answers would be others than the user expects. */
function checkIsHidden(url: URL, { name, credential }: HandlerHttpSettings): void {
  if (!isReadOnTheWay(url)) return;
  throw new AuthError(`${credential?.name ?? 'the credential'} is not sent to ${url.origin}, which is not encrypted`, {
    hint: `give handlers.${name}.apiUrl with https://`,
    fields: { handler: name, host: url.host },
  });
}

function payloadOf(request: Asked, identity: Identity): Payload | null {
  if (request.form !== undefined) {
    const isOurs = Object.keys(identity.parameters).length > 0;
    const fields = Object.entries(request.form).filter(([name, value]) => !(isOurs && isPrivateParameter(name, value)));
    return { type: 'form', fields: Object.fromEntries(fields) };
  }
  return request.json === undefined ? null : { type: 'json', text: JSON.stringify(request.json) };
}

function keyOf(
  { request, route, own }: Pick<Addressed, 'request' | 'route' | 'own'>,
  { stack, handler }: Preparer,
  method: string,
  payload: Payload | null,
): Exchange['key'] {
  const { credential, name, apiUrl = null } = handler;
  const held = credential === undefined || hasOpenAnswers(handler) ? NOTHING : [credentialText(credential)];
  // Without a secret the answer is not stored; the key then lives in this process only.
  const mark = isOpenTo(handler, own) ? null : { text: [...held, ...own].join('\n'), secret: stack.cacheSecret ?? '' };
  return cacheKey({ handler: name, request, method, shownUrl: route.shownUrl, payload, apiUrl, credential: mark });
}

/** What the handler wrote into places of a credential: another value may be another answer. Parameters of NCBI are not sent. */
function secretsWithin({ form, headers }: Asked, url: URL): readonly string[] {
  if (form === undefined && headers === undefined && url.search === '') return NOTHING;
  const inHeaders = Object.entries(headers ?? {}).filter(([name]) => mayBeCredential(name));
  const isIdentity = takesNcbiIdentity(url.host);
  return [
    ...inHeaders.flat(),
    ...(isIdentity ? [] : secretValues([...url.searchParams, ...Object.entries(form ?? {})])),
  ];
}

/** The headers with their names in lower case. */
function headersOf(headers: Readonly<Record<string, string>>, handler: string): Record<string, string> {
  const refused = Object.keys(headers).find(isOfTheNetwork);
  if (refused !== undefined) {
    throw new PluginError(`the handler "${handler}" gives the header "${refused}" of a request`, {
      hint: 'leave it out: it is set where the request is sent',
      fields: { handler },
    });
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function undeclared({ protocol, host }: URL, handler: HandlerHttpSettings): PluginError {
  const isDeclared = handler.hosts.some((limit) => limit.host === host);
  const why = isDeclared ? `by ${protocol}//, which is not encrypted` : 'which it does not declare';
  return new PluginError(`the handler "${handler.name}" asks ${host}, ${why}`, {
    hint: isDeclared
      ? 'use https://, or set the apiUrl of the handler'
      : `add it to its hosts (declared: ${handler.hosts.map((limit) => limit.host).join(', ')})`,
    fields: { handler: handler.name, host },
  });
}
