import { BadResponseError } from '../errors/bad-response-error.ts';
import type { CellineError } from '../errors/celline-error.ts';
import { NetworkError } from '../errors/network-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Exchange } from './exchange.ts';
import { publicUrl } from './public-url.ts';
import { secondsText } from './retry-delay.ts';
import { asTransient } from './transient.ts';

/**
 * A first byte that may take this long (milliseconds) is that of a server that works on the answer (ENA: 300 s): sending the same
 * again would only double its work. Shorter ones are retried, but for a batch, which the handler halves instead.
 */
const LONG_WAIT_MS = 60_000;

/** What a broken connection means in words, by the code of Node or undici. */
const FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Codes of a body that ends early or does not inflate. */
const CUT_CODES = new Set([
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
  'Z_BUF_ERROR',
  'Z_DATA_ERROR',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The error of ours that a fault of the wire is. `inBody`: the headers had come. An abort stays the signal's reason. */
export function networkFault(error: unknown, exchange: Exchange, inBody: boolean): unknown {
  if (exchange.signal.aborted) return exchange.signal.reason;
  if (error instanceof BadResponseError || error instanceof StoreError) return error;
  const code = codeOf(error);
  const { hostname } = new URL(exchange.url);
  const fields = { operator: exchange.operator.name, host: hostname, url: publicUrl(exchange.url), code };
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return firstByteTimeout(exchange, hostname, fields, error);
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    const waited = secondsText(exchange.idleTimeoutMs);
    const message = `${hostname} timed out: no further byte within ${waited}`;
    return asTransient(new NetworkError(message, { fields: { ...fields, kind: 'idle_timeout' }, cause: error }));
  }
  if (inBody && (CUT_CODES.has(code) || code.startsWith('HPE_'))) {
    const message = `${exchange.operator.name} answered ${fields.url} with a body that is cut (${code})`;
    return asTransient(new BadResponseError(message, { fields: { ...fields, kind: 'cut' }, cause: error }));
  }
  return connectionFault(code, hostname, fields, error);
}

type Fields = Readonly<Record<string, string | number | null>>;

function firstByteTimeout(exchange: Exchange, hostname: string, fields: Fields, cause: unknown): CellineError {
  const waited = secondsText(exchange.firstByteTimeoutMs);
  const error = new NetworkError(`${hostname} timed out: no answer within ${waited}`, {
    hint: 'try again later, or raise "timeout" in the configuration',
    fields: { ...fields, kind: 'first_byte_timeout' },
    cause,
  });
  const isWorthRepeating = exchange.firstByteTimeoutMs < LONG_WAIT_MS && !exchange.doubtful;
  return isWorthRepeating ? asTransient(error) : error;
}

function connectionFault(code: string, hostname: string, fields: Fields, cause: unknown): CellineError {
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/.test(code);
  const what = isCertificate
    ? `its certificate is not trusted (${code})`
    : (FAULTS[code] ?? `${code}: ${textOf(cause)}`);
  const error = new NetworkError(`no answer from ${hostname}: ${what}`, {
    hint: isCertificate
      ? 'set "caFile" to the certificate authority of your network'
      : 'check the network, HTTPS_PROXY and NO_PROXY',
    fields: { ...fields, kind: isCertificate ? 'certificate' : 'connection' },
    cause,
  });
  return isCertificate ? error : asTransient(error);
}

function codeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  // An AggregateError of a host with several addresses holds one error per address.
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof cause === 'object' && cause !== null ? codeOf(cause) : 'UNKNOWN';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
