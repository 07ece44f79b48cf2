import type { Dispatcher } from 'undici';
import { BadResponseError } from '../../errors/bad-response-error.ts';
import { bodyOfBytes, collectBody, MEMORY_LIMIT, type RawBody } from '../body/body.ts';
import { ACCEPTED_ENCODINGS, decompress, encodingsOf, unknownEncoding } from '../body/decompress.ts';
import type { Exchange, Reply } from '../exchange.ts';
import { proxyRefused } from './proxy-fault.ts';
import { type ProxyServer, proxyHeaders } from './proxy-server.ts';
import type { WireSettings } from './wire.ts';
import { networkFault } from './wire-fault.ts';

/** Bytes of the body of a bad status that are read: enough for a message. */
const ERROR_BODY_BYTES = 64 * 1024;

/** What a request goes out by. */
export interface Carrier {
  readonly client: Dispatcher;
  /** The proxy that the connection ends at, which is asked for whole addresses; null: the host itself, or a tunnel to it. */
  readonly forwardedBy: ProxyServer | null;
}

/** Sends one request and collects the answer. */
export async function sendOver(carrier: Carrier, exchange: Exchange, settings: WireSettings): Promise<Reply> {
  const { client, forwardedBy } = carrier;
  let response: Dispatcher.ResponseData;
  try {
    response = await client.request(requestOptions(exchange, settings.userAgent, forwardedBy));
  } catch (error) {
    throw networkFault(error, exchange, false);
  }
  const headers = plainHeaders(response.headers);
  try {
    if (forwardedBy !== null && response.statusCode === 407) {
      throw proxyRefused(forwardedBy, 407, new URL(exchange.url).host);
    }
    const body = await collectResponse(response, headers, exchange, settings);
    const fetchedAt = new Date(settings.clock.now()).toISOString();
    return { status: response.statusCode, headers, body, fromCache: false, fetchedAt };
  } catch (error) {
    // What was not read to its end would keep the connection busy.
    response.body.on('error', () => {}).destroy();
    throw networkFault(error, exchange, true);
  }
}

function requestOptions(
  exchange: Exchange,
  userAgent: string,
  forwardedBy: ProxyServer | null,
): Dispatcher.RequestOptions {
  const { method, identity, signal } = exchange;
  const url = new URL(exchange.url);
  const body = payloadText(exchange);
  const parameters = exchange.payload?.type === 'form' ? {} : identity.parameters;
  return {
    origin: url.origin,
    path: (forwardedBy === null ? '' : url.origin) + url.pathname + withParameters(url.search, parameters),
    method,
    headers: {
      'user-agent': userAgent,
      // A file that is gzip itself is asked for as it lies there, so that its own trailer can be checked.
      'accept-encoding': exchange.expect.kind === 'soft' && exchange.expect.gzip ? 'identity' : ACCEPTED_ENCODINGS,
      ...(body === null ? {} : { 'content-type': contentType(exchange) }),
      ...exchange.headers,
      ...identity.headers,
      ...(forwardedBy === null ? {} : proxyHeaders(forwardedBy)),
    },
    body,
    signal,
    headersTimeout: exchange.firstByteTimeoutMs,
    bodyTimeout: exchange.idleTimeoutMs,
  };
}

function payloadText({ payload, identity }: Exchange): string | null {
  if (payload === null) return null;
  if (payload.type === 'json') return payload.text;
  return new URLSearchParams({ ...payload.fields, ...identity.parameters }).toString();
}

function contentType({ payload }: Exchange): string {
  return payload?.type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
}

function withParameters(search: string, parameters: Readonly<Record<string, string>>): string {
  const added = new URLSearchParams(parameters).toString();
  if (added === '') return search;
  return search === '' ? `?${added}` : `${search}&${added}`;
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

async function collectResponse(
  response: Dispatcher.ResponseData,
  headers: Readonly<Record<string, string>>,
  exchange: Exchange,
  { spool }: WireSettings,
): Promise<RawBody> {
  const isGood = response.statusCode >= 200 && response.statusCode < 300;
  // The usual case needs no stream: the whole length is known and fits into memory.
  if (isGood && isPlainAndSmall(headers, exchange)) return bodyOfBytes(await response.body.bytes());
  const encodings = exchange.method === 'HEAD' ? [] : encodingsOf(headers['content-encoding']);
  const url = exchange.shownUrl;
  if (!isGood) {
    const body = await collectErrorBody(response, encodings, { maxBytes: ERROR_BODY_BYTES, url, spool });
    exchange.signal.throwIfAborted();
    return body;
  }
  const unknown = unknownEncoding(encodings);
  if (unknown !== null) throw compressedOtherwise(url, unknown);
  return collectBody(decompress(response.body, encodings), { maxBytes: exchange.maxBytes, url, spool });
}

/** The beginning of the body of a bad status. The status counts, whatever becomes of its body. */
async function collectErrorBody(
  { body }: Dispatcher.ResponseData,
  encodings: readonly string[],
  options: Parameters<typeof collectBody>[1],
): Promise<RawBody> {
  const chunks = unknownEncoding(encodings) === null ? decompress(body, encodings) : body;
  return collectBody(firstBytes(chunks, options.maxBytes), options);
}

function isPlainAndSmall(headers: Readonly<Record<string, string>>, { method, maxBytes }: Exchange): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  const isPlain = headers['content-encoding'] === undefined && method !== 'HEAD';
  return isPlain && length <= Math.min(MEMORY_LIMIT, maxBytes);
}

function compressedOtherwise(url: string, how: string): BadResponseError {
  return new BadResponseError(`the answer of ${url} is compressed in an unknown way: ${how}`, {
    fields: { kind: 'wrong_type', url },
  });
}

/** The first bytes, as far as they come. */
async function* firstBytes(source: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let left = most;
  try {
    for await (const chunk of source) {
      yield chunk.subarray(0, left);
      left -= Math.min(chunk.byteLength, left);
      if (left === 0) return;
    }
  } catch {
    // Cut, silent or badly compressed: what came is enough.
  }
}
