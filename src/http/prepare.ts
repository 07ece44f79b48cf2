import { PluginError } from '../errors/plugin-error.ts';
import type { HostLimit, HttpRequest } from '../ports/http.ts';
import { cacheKey } from './cache/key.ts';
import { ANONYMOUS, type Exchange, type Identity, type Payload, type Route } from './exchange.ts';
import { isLoopback } from './loopback.ts';
import { newNotes } from './notes.ts';
import type { OperatorBudget } from './operator-budget.ts';
import { isPrivateParameter, publicUrl } from './public-url.ts';
import type { Credential, HandlerHttpSettings, HttpStackSettings } from './settings.ts';

/** Attempts in all. */
const ATTEMPTS = 3;

/** Milliseconds to the first byte and between bytes. */
const TIMEOUT_MS = 30_000;

/** Bytes of a body: 512 MiB. */
const MAX_BYTES = 512 * 1024 * 1024;

/** A handler's hosts with their budgets, by host name. */
export type DeclaredHosts = ReadonlyMap<string, { readonly limit: HostLimit; readonly operator: OperatorBudget }>;

/** Who prepares: settings of the stack and of the handler. */
export interface Preparer {
  readonly stack: HttpStackSettings;
  readonly handler: HandlerHttpSettings;
  readonly hosts: DeclaredHosts;
}

/** True for the host of NCBI that takes `tool`, `email` and `api_key`. */
export function takesNcbiIdentity(host: string): boolean {
  return host === 'eutils.ncbi.nlm.nih.gov';
}

/** Settles every question about a request. A request to an undeclared host is a `PluginError`. No request is made. */
export function prepareExchange(request: HttpRequest, preparer: Preparer, signal: AbortSignal): Exchange {
  const { stack, handler } = preparer;
  const declared = parseUrl(request.url, handler.name);
  const route = routeOf(declared, preparer);
  if (route === null) throw undeclared(declared, handler);
  const payload = payloadOf(request, route.identity);
  const method = request.method ?? (payload === null ? 'GET' : 'POST');
  const limit = preparer.hosts.get(declared.host)?.limit;
  const ttl = request.ttl ?? handler.ttl;
  return {
    ...route,
    handler: handler.name,
    label: request.label ?? null,
    notes: newNotes(),
    method,
    payload,
    headers: lowerCaseNames(request.headers ?? {}),
    expect: request.expect,
    key: keyOf(request, preparer, route.url, method, payload),
    storable: ttl > 0 && method !== 'HEAD' && (handler.credential === undefined || stack.cacheSecret !== undefined),
    ttl,
    refresh: request.refresh ?? handler.refresh ?? false,
    repeatable: method !== 'POST' || request.lookup === true,
    attempts: request.attempts ?? handler.attempts ?? ATTEMPTS,
    attempt: 1,
    firstByteTimeoutMs:
      stack.firstByteTimeoutMs ?? request.firstByteTimeoutMs ?? limit?.firstByteTimeoutMs ?? TIMEOUT_MS,
    idleTimeoutMs: stack.idleTimeoutMs ?? TIMEOUT_MS,
    maxBytes: request.maxBytes ?? MAX_BYTES,
    signal,
    routeOf: (url) => routeOf(url, preparer),
  };
}

function parseUrl(text: string, handler: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new PluginError(`the handler "${handler}" asks for ${JSON.stringify(text)}, which is no address`, {
    fields: { handler },
  });
}

/** Where a declared address leads; null when its host is not declared, or when it would go over the network in the clear. */
function routeOf(declared: URL, { stack, handler, hosts }: Preparer): Route | null {
  const host = hosts.get(declared.host);
  if (host === undefined) return null;
  const isClear = declared.protocol !== 'https:' && !isLoopback(declared.hostname);
  if (isClear && handler.apiUrl === undefined) return null;
  const isNcbi = takesNcbiIdentity(declared.host);
  const address = handler.apiUrl === undefined ? declared.href : underOrigin(declared, handler.apiUrl);
  return {
    // At NCBI the identity is the stack's alone: what a handler wrote itself would be sent twice.
    url: isNcbi ? publicUrl(address) : address,
    operator: host.operator,
    identity: identityOf(isNcbi, stack, handler.credential),
  };
}

/** `https://eutils.ncbi.nlm.nih.gov/entrez/x?y` under `http://127.0.0.1:9/mirror` is `http://127.0.0.1:9/mirror/entrez/x?y`. */
function underOrigin(declared: URL, apiUrl: string): string {
  const base = new URL(apiUrl);
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${declared.pathname}${declared.search}`;
}

function identityOf(isNcbi: boolean, stack: HttpStackSettings, credential: Credential | undefined): Identity {
  if (isNcbi) {
    const parameters = {
      tool: 'celline',
      ...(stack.email ? { email: stack.email } : {}),
      // An empty api_key is refused with 400.
      ...(stack.ncbiKey ? { api_key: stack.ncbiKey } : {}),
    };
    return { parameters, authorization: null };
  }
  return credential === undefined ? ANONYMOUS : { parameters: {}, authorization: authorizationOf(credential) };
}

/** Value of the Authorization header. */
function authorizationOf(credential: Credential): string {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  return `Basic ${Buffer.from(`${credential.user}:${credential.password}`).toString('base64')}`;
}

function payloadOf(request: HttpRequest, identity: Identity): Payload | null {
  if (request.form !== undefined) {
    const isOurs = Object.keys(identity.parameters).length > 0;
    const fields = Object.entries(request.form).filter(([name]) => !(isOurs && isPrivateParameter(name)));
    return { type: 'form', fields: Object.fromEntries(fields) };
  }
  return request.json === undefined ? null : { type: 'json', text: JSON.stringify(request.json) };
}

function keyOf(
  request: HttpRequest,
  { stack, handler }: Preparer,
  url: string,
  method: string,
  payload: Payload | null,
): Exchange['key'] {
  const { credential, apiUrl = null } = handler;
  const parts = { handler: handler.name, request, method, url, payload, apiUrl };
  if (credential === undefined) return cacheKey({ ...parts, credential: null });
  // Without a secret the answer is not stored; the key then lives in this process only.
  return cacheKey({ ...parts, credential: { text: authorizationOf(credential), secret: stack.cacheSecret ?? '' } });
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
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
