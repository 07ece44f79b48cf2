import { errorMessage } from '../../errors/error-message.ts';

/** The code of what is no HTTP: undici says so by a name alone. */
export const NO_HTTP = 'NO_HTTP';

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
  [NO_HTTP]: 'what came is no HTTP',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Where an authority is named that this machine does not know: without it nothing is reached behind a proxy of a company. */
export const AUTHORITY_SETTINGS = 'caFile or NODE_EXTRA_CA_CERTS';

/** The fault of a connection in words. */
export function connectionText(error: unknown): string {
  const code = faultCode(error);
  if (isCertificateFault(error)) return certificateText(code);
  return FAULTS[code] ?? `${code}: ${errorMessage(error)}`;
}

/** True when the other side could not prove who it is: the same will happen again. */
export function isCertificateFault(error: unknown): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/.test(faultCode(error));
}

function certificateText(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return `its certificate has expired (${code})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is that of another host (${code})`;
  return `its certificate is not trusted (${code}): ${AUTHORITY_SETTINGS} can name its authority`;
}

/** Codes of an address that this machine has no way to: often that of IPv6, which says nothing about the others. */
const NO_WAY = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** The code of an error or of what is underneath; `UNKNOWN` when there is none. */
export function faultCode(error: unknown): string {
  const { name, code, cause, errors } = error as Readonly<Record<'name' | 'code' | 'cause' | 'errors', unknown>>;
  if (name === 'HTTPParserError') return NO_HTTP;
  if (Array.isArray(errors) && errors.length > 0) {
    // A host with several addresses gives an error for each.
    const codes = errors.map(faultCode);
    return codes.find((one) => !NO_WAY.has(one)) ?? codes[0] ?? 'UNKNOWN';
  }
  if (typeof code === 'string') return code;
  return typeof cause === 'object' && cause !== null ? faultCode(cause) : 'UNKNOWN';
}
