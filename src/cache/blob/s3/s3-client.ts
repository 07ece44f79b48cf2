import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { AwsV4Signer } from 'aws4fetch';
import pRetry, { AbortError } from 'p-retry';
import type { Dispatcher } from 'undici';
import type { BackendNetwork } from '../../../ports/backend.ts';
import type { S3Settings } from './settings.ts';

/** Milliseconds for a connection to open. */
const CONNECT_MS = 5000;

/** Milliseconds to the first byte, and between two. */
const ANSWER_MS = 30_000;

/** Connections of a process. */
const CONNECTIONS = 8;

/** Attempts in all, and milliseconds before the second; twice that before the third. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

/**
 * Bytes of an answer that are taken whether or not somebody reads them. Whoever asks for more than this at once, and reads slowly,
 * lets undici 7 wait; a service that closes the connection meanwhile would end the process (docs/decisions/0034-the-socket-is-held.md).
 */
export const TAKEN_BYTES = 8 * 1024 * 1024;

/** One request to the service. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Key below the bucket; empty: the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The first byte and the last one; default all. */
  readonly range?: readonly [number, number];
  readonly body?: S3Body;
}

/** A body that can be sent again; its length is known, since the service takes no other. */
export interface S3Body {
  /** Bytes. */
  readonly size: number;
  /** Null: it is not hashed first, and goes unsigned; its length and TLS guard it. */
  readonly bytes: Uint8Array | null;
  open(): Dispatcher.DispatchOptions['body'];
}

/** What came back; the body must be read or dumped. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** The service. */
export interface S3Client {
  /** An answer of 2xx or 404; others reject after their attempts, with what the service said. */
  send(request: S3Request): Promise<S3Answer>;
  close(): Promise<void>;
}

/** What the client is made of: the packages are loaded when the back end is chosen. */
export interface S3Parts {
  readonly Signer: typeof AwsV4Signer;
  readonly dispatcher: Dispatcher;
}

/** Connections to the service, on the way that archives are reached. */
export async function openDispatcher(bucketUrl: string, network: BackendNetwork | null): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('./undici-agent.ts');
  const service = new URL(bucketUrl);
  const proxy = network?.proxyOf(service) ?? null;
  const authorities = network?.authorities ?? [];
  const connect = {
    timeout: CONNECT_MS,
    ...(authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] }),
  };
  const limits = { connections: CONNECTIONS, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS };
  if (proxy === null) return new Agent({ ...limits, connect });
  // Many proxies tunnel to port 443 alone.
  const proxyTunnel = service.protocol === 'https:';
  return new ProxyAgent({ ...limits, uri: proxy, proxyTunnel, requestTls: connect, proxyTls: connect });
}

/** Creates the client: signs each attempt anew, and tries again what a service in trouble refuses. */
export function createS3Client(settings: S3Settings, { Signer, dispatcher }: S3Parts): S3Client {
  return {
    send: (request) =>
      pRetry(() => attempt(settings, request, Signer, dispatcher), {
        retries: ATTEMPTS - 1,
        minTimeout: FIRST_PAUSE_MS,
        factor: 2,
        // A connection that fails is tried again; undici's errors are no TypeErrors, which p-retry would take for mistakes.
        shouldRetry: () => true,
      }),
    close: () => dispatcher.destroy(),
  };
}

async function attempt(
  settings: S3Settings,
  request: S3Request,
  Signer: S3Parts['Signer'],
  dispatcher: Dispatcher,
): Promise<S3Answer> {
  const { url, headers } = await sign(settings, request, Signer);
  const {
    statusCode: status,
    headers: got,
    body,
  } = await (await import('./undici-agent.ts')).request(url, {
    dispatcher,
    method: request.method,
    headers,
    body: request.body?.open() ?? null,
    highWaterMark: TAKEN_BYTES + 1,
  });
  if ((status >= 200 && status < 300) || status === 404) return { status, headers: got, body };
  const error = new S3Error(status, request, settings.bucket, (await body.text()).slice(0, 2000));
  throw status >= 500 || status === 429 ? error : new AbortError(error);
}

async function sign(
  settings: S3Settings,
  { method, key, query = {}, range, body }: S3Request,
  Signer: S3Parts['Signer'],
) {
  const url = new URL(settings.bucketUrl + key);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const { region, credentials } = settings;
  const hash = body === undefined ? 'UNSIGNED-PAYLOAD' : hashOf(body);
  const headers = {
    'x-amz-content-sha256': hash,
    ...(range === undefined ? {} : { range: `bytes=${range.join('-')}` }),
    ...(body === undefined ? {} : { 'content-length': String(body.size) }),
  };
  const signed = await new Signer({ ...credentials, method, url: url.href, headers, service: 's3', region }).sign();
  return { url: signed.url, headers: Object.fromEntries(signed.headers.entries()) };
}

function hashOf({ bytes }: S3Body): string {
  return bytes === null ? 'UNSIGNED-PAYLOAD' : createHash('sha256').update(bytes).digest('hex');
}

/** The service refused, or is in trouble. Says no more than what and where: no credential, no signature. */
export class S3Error extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, { method, key }: S3Request, bucket: string, answer: string) {
    const code = /<Code>([^<]{1,100})<\/Code>/.exec(answer)?.[1] ?? '';
    super(`the S3 service answered ${method} ${bucket}/${key} with ${status} ${code}`.trimEnd());
    this.name = 'S3Error';
    this.status = status;
  }
}
