import type { Dispatcher } from 'undici';
import { ACCEPTED_ENCODINGS } from '../body/decompress.ts';
import type { Exchange, Identity, Payload, Reply } from '../exchange.ts';
import { Answer } from './answer.ts';
import { type ProxyServer, proxyHeaders } from './proxy-server.ts';
import { asStale } from './stale-connection.ts';
import type { WireSettings } from './wire.ts';
import type { Line } from './wire-lines.ts';

/** What a request goes out by. */
export interface Carrier {
  readonly line: Line;
  /** The proxy that the connection ends at, which is asked for whole addresses; null: the host itself, or a tunnel to it. */
  readonly forwardedBy: ProxyServer | null;
  /** When it goes out (milliseconds since 1970-01-01 UTC). */
  readonly began: number;
  /** Takes note of an error of the proxy on the way, and gives it back. */
  readonly noted: (error: unknown) => unknown;
}

/** Sends one request and collects the answer. */
export function sendOver(carrier: Carrier, exchange: Exchange, settings: WireSettings): Promise<Reply> {
  const { line, forwardedBy, noted, began } = carrier;
  const { clock } = settings;
  line.uses += 1;
  return new Promise((resolve, reject) => {
    // A connection that is made with the request begins to count anew.
    const fail = (error: unknown) => reject(noted(line.uses > 1 ? asStale(error, clock.now() - began) : error));
    const answer = new Answer(exchange, { settings, forwardedBy, line, resolve, reject: fail });
    line.client.dispatch(requestOptions(exchange, settings.userAgent, forwardedBy), answer);
  });
}

function requestOptions(
  exchange: Exchange,
  userAgent: string,
  forwardedBy: ProxyServer | null,
): Dispatcher.DispatchOptions {
  const { url, method, identity, payload } = exchange;
  const parameters = payload?.type === 'form' ? NONE : identity.parameters;
  return {
    path: (forwardedBy === null ? '' : url.origin) + url.pathname + withParameters(url.search, parameters),
    method,
    headers: {
      'user-agent': userAgent,
      'accept-encoding': isAskedAsItLies(exchange) ? 'identity' : ACCEPTED_ENCODINGS,
      ...(payload === null ? NONE : { 'content-type': contentType(payload) }),
      ...exchange.headers,
      ...identity.headers,
      ...(forwardedBy === null ? NONE : proxyHeaders(forwardedBy)),
    },
    body: payload === null ? null : payloadText(payload, identity),
    headersTimeout: exchange.firstByteTimeoutMs,
    // The answer watches over it.
    bodyTimeout: 0,
    // After a HEAD undici would close the connection, for servers that send a body all the same: those break it then.
    reset: false,
  };
}

const NONE: Readonly<Record<string, string>> = {};

/** True for a file that is gzip itself, so that its own trailer can be checked, and where its size is asked for. */
function isAskedAsItLies({ expect }: Exchange): boolean {
  return expect.kind === 'headers' || (expect.kind === 'soft' && expect.gzip);
}

function payloadText(payload: Payload, { parameters }: Identity): string {
  if (payload.type === 'json') return payload.text;
  return new URLSearchParams({ ...payload.fields, ...parameters }).toString();
}

function contentType({ type }: Payload): string {
  return type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
}

function withParameters(search: string, parameters: Readonly<Record<string, string>>): string {
  if (Object.keys(parameters).length === 0) return search;
  const added = new URLSearchParams(parameters).toString();
  return search === '' ? `?${added}` : `${search}&${added}`;
}
