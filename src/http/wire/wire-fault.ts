import { BadResponseError } from '../../errors/bad-response-error.ts';
import type { CellineError } from '../../errors/celline-error.ts';
import { InterruptedError } from '../../errors/interrupted-error.ts';
import { NetworkError } from '../../errors/network-error.ts';
import { StoreError } from '../../errors/store-error.ts';
import { isInflateFault } from '../body/decompress.ts';
import type { Exchange } from '../exchange.ts';
import { publicUrl } from '../secrets/public-url.ts';
import { secondsText } from '../trouble/retry-delay.ts';
import { asTransient } from '../trouble/transient.ts';
import { IdleTimeout } from './idle-watch.ts';
import { ProxyFault } from './proxy-fault.ts';
import { isUnsendable, unsendable } from './unsendable.ts';
import { AUTHORITY_SETTINGS, connectionText, faultCode, isCertificateFault, NO_HTTP } from './wire-words.ts';

/**
 * A first byte that may take this long (milliseconds) is that of a server that works on the answer (ENA: 300 s): sending the same
 * again would only double its work. Shorter ones are retried, but for a batch, which the handler halves instead.
 */
const LONG_WAIT_MS = 60_000;

/** Codes of a body that ends early. */
const CUT_CODES = new Set([
  'ECONNRESET',
  'UND_ERR_SOCKET',
  NO_HTTP,
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
  'Z_BUF_ERROR',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Codes of a connection that we have closed. */
const CLOSED_CODES = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

/** The error of ours that a fault of the wire is. `inBody`: the headers had come. An abort stays the reason of its stop. */
export function networkFault(error: unknown, exchange: Exchange, inBody: boolean): unknown {
  if (exchange.stop.aborted) return exchange.stop.reason;
  if (error instanceof BadResponseError || error instanceof StoreError) return error;
  if (error instanceof ProxyFault) return proxyError(error, exchange);
  const code = faultCode(error);
  if (CLOSED_CODES.has(code)) return closedFault();
  if (isUnsendable(code)) return unsendable(error, exchange);
  // With its port where that is not the usual one.
  const { host } = exchange.url;
  const fields = { operator: exchange.operator.name, host, url: publicUrl(exchange.url), code };
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return firstByteTimeout(exchange, host, fields, error);
  if (error instanceof IdleTimeout) {
    const waited = secondsText(exchange.idleTimeoutMs);
    const message = `${host} timed out: less than 1 kB of the answer came within ${waited}`;
    const silence = new NetworkError(message, { fields: { ...fields, kind: 'idle_timeout' }, cause: error });
    // A batch is halved instead, as after a silence before the first byte.
    return exchange.doubtful ? silence : asTransient(silence);
  }
  const isInflate = isInflateFault(code);
  if (inBody && (isInflate || CUT_CODES.has(code))) {
    const what = isInflate ? 'does not inflate' : code === NO_HTTP ? 'breaks off into what is no HTTP' : 'is cut';
    const message = `${exchange.operator.name} answered ${fields.url} with a body that ${what} (${code})`;
    return asTransient(new BadResponseError(message, { fields: { ...fields, kind: 'cut' }, cause: error }));
  }
  return connectionFault(exchange, fields, error);
}

type Fields = Readonly<Record<string, string | number | null>>;

function firstByteTimeout(exchange: Exchange, host: string, fields: Fields, cause: unknown): CellineError {
  const waited = secondsText(exchange.firstByteTimeoutMs);
  const error = new NetworkError(`${host} timed out: no answer within ${waited}`, {
    hint: 'try again later, or raise "timeout" in the configuration',
    fields: { ...fields, kind: 'first_byte_timeout' },
    cause,
  });
  const isWorthRepeating = exchange.firstByteTimeoutMs < LONG_WAIT_MS && !exchange.doubtful;
  return isWorthRepeating ? asTransient(error) : error;
}

function connectionFault({ mirror }: Exchange, fields: Fields, cause: unknown): CellineError {
  const isCertificate = isCertificateFault(cause);
  const hint =
    mirror === null
      ? 'check the network, HTTPS_PROXY and NO_PROXY'
      : `check that the mirror runs, and ${mirror}, which names it; also the network, HTTP_PROXY, HTTPS_PROXY and NO_PROXY`;
  const error = new NetworkError(`no answer from ${fields.host}: ${connectionText(cause)}`, {
    hint: isCertificate ? certificateHint(cause) : hint,
    fields: { ...fields, kind: isCertificate ? 'certificate' : 'connection' },
    cause,
  });
  return isCertificate ? error : asTransient(error);
}

function certificateHint(cause: unknown): string {
  const code = faultCode(cause);
  if (code === 'CERT_HAS_EXPIRED') return 'check the clock of this machine; else the other side must renew it';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'check the network, and apiUrl if it is set';
  return `set ${AUTHORITY_SETTINGS} to the certificate authority (PEM) of your network, or of the server that you run`;
}

/** What is asked when the connections are closed, or was asked when they were; no archive is to blame. */
export function closedFault(): CellineError {
  return new InterruptedError('the connections were closed before the answer came');
}

/** What a proxy did not let through. What will not pass by itself is no sign of an archive in trouble. */
export function proxyError({ message, hint, passes, code }: ProxyFault, exchange: Exchange): CellineError {
  const { host } = exchange.url;
  const fields = { operator: exchange.operator.name, host, url: publicUrl(exchange.url), code };
  const kind = passes ? 'connection' : 'proxy';
  const error = new NetworkError(`no answer from ${host}: ${message}`, { hint, fields: { ...fields, kind } });
  return passes ? asTransient(error) : error;
}
