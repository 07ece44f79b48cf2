import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { BadResponseError } from '../errors/bad-response-error.ts';
import { bodyOfBytes, collectBody, MEMORY_LIMIT, type RawBody } from './body.ts';
import type { Exchange, Reply } from './exchange.ts';
import type { WireSettings } from './wire.ts';
import { networkFault } from './wire-fault.ts';

/** Bytes of the body of a bad status that are read: enough for a message. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Sends one request over the dispatcher and collects the answer. */
export async function sendOver(dispatcher: Dispatcher, exchange: Exchange, settings: WireSettings): Promise<Reply> {
  let response: Dispatcher.ResponseData;
  try {
    response = await dispatcher.request(requestOptions(exchange, settings.userAgent));
  } catch (error) {
    throw networkFault(error, exchange, false);
  }
  const headers = plainHeaders(response.headers);
  try {
    const body = await collectResponse(response, headers, exchange, settings);
    const fetchedAt = new Date(settings.clock.now()).toISOString();
    return { status: response.statusCode, headers, body, fromCache: false, fetchedAt };
  } catch (error) {
    throw networkFault(error, exchange, true);
  }
}

function requestOptions(exchange: Exchange, userAgent: string): Dispatcher.RequestOptions {
  const { method, identity, signal } = exchange;
  const url = new URL(exchange.url);
  const body = payloadText(exchange);
  const parameters = exchange.payload?.type === 'form' ? {} : identity.parameters;
  return {
    origin: url.origin,
    path: url.pathname + withParameters(url.search, parameters),
    method,
    headers: {
      'user-agent': userAgent,
      // A file that is gzip itself is asked for as it lies there, so that its own trailer can be checked.
      'accept-encoding': exchange.expect.kind === 'soft' && exchange.expect.gzip ? 'identity' : 'gzip, deflate',
      ...(body === null ? {} : { 'content-type': contentType(exchange) }),
      ...exchange.headers,
      ...identity.headers,
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
  const url = exchange.shownUrl;
  const decoded = exchange.method === 'HEAD' ? response.body : decode(response.body, headers, url);
  if (isGood) return collectBody(decoded, { maxBytes: exchange.maxBytes, url, spool });
  return collectBody(firstBytes(decoded, ERROR_BODY_BYTES), { maxBytes: ERROR_BODY_BYTES, url, spool });
}

function isPlainAndSmall(headers: Readonly<Record<string, string>>, { method, maxBytes }: Exchange): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  const isPlain = headers['content-encoding'] === undefined && method !== 'HEAD';
  return isPlain && length <= Math.min(MEMORY_LIMIT, maxBytes);
}

/** Undoes the transport's compression; chunk by chunk, so that a bomb stops at the bound. */
function decode(body: Readable, headers: Readonly<Record<string, string>>, url: string): Readable {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  let decoded = body;
  for (const encoding of encodings.reverse()) {
    // An error of either stream destroys the other and reaches the reader through the last one.
    decoded = pipeline(decoded, decoder(encoding, url), () => {});
  }
  return decoded;
}

function decoder(encoding: string, url: string) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new BadResponseError(`the answer of ${url} is compressed in an unknown way: ${encoding}`, {
        fields: { kind: 'wrong_type', url },
      });
  }
}

async function* firstBytes(source: Readable, most: number): AsyncIterable<Uint8Array> {
  let left = most;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    yield chunk.subarray(0, left);
    left -= Math.min(chunk.byteLength, left);
    if (left === 0) return;
  }
}
